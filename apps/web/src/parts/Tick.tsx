import { useEffect, useRef } from 'react';
import styles from './Tick.module.css';

interface TickProps {
  readonly label: string;
  readonly on: boolean;
  /** Some of what it stands for, not all. */
  readonly part?: boolean;
  readonly change: (on: boolean) => void;
}

/** A checkbox without a visible label, for rows. */
export function Tick({ label, on, part = false, change }: TickProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = part;
  }, [part]);
  return (
    <input
      ref={box}
      type="checkbox"
      className={styles.tick}
      aria-label={label}
      checked={on}
      onChange={(event) => change(event.currentTarget.checked)}
    />
  );
}
