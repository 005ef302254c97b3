import { useState } from 'react';
import styles from './Field.module.css';
import type { ControlProps } from './Field.tsx';
import { stepped } from './step.ts';

interface TextControlProps {
  readonly control: ControlProps;
  readonly value: string;
  /** Shown where the field is empty. */
  readonly placeholder?: string | undefined;
  /** Numbers: what the arrow keys do. Absent for text. */
  readonly step?: number | 'x' | undefined;
  readonly integer?: boolean;
  readonly change: (text: string) => void;
}

/**
 * One line of text or a number, kept as it was typed: `1e-3`, and mistakes too, which are marked and not swallowed.
 * While it has the focus it shows what is typed; emptied, it goes back to its default when it is left.
 */
export function TextControl({ control, value, placeholder, step, integer, change }: TextControlProps) {
  const [typed, setTyped] = useState<string>();
  const put = (text: string) => {
    setTyped(text);
    change(text);
  };
  return (
    <input
      {...control}
      className={styles.plain}
      value={typed ?? value}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      {...(step !== undefined && { inputMode: integer ? ('numeric' as const) : ('decimal' as const) })}
      onChange={(event) => put(event.currentTarget.value)}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        if (step === undefined || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
        const next = stepped(typed ?? value, event.key === 'ArrowUp' ? 1 : -1, step, integer ?? false);
        if (next === undefined) return;
        event.preventDefault();
        put(next);
      }}
    />
  );
}
