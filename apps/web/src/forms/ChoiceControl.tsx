import styles from './Field.module.css';
import type { ControlProps } from './Field.tsx';

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly disabled?: boolean;
}

interface ChoiceControlProps {
  readonly control: ControlProps;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly change: (value: string) => void;
}

/** One of a list. A value that is not in the list stays, and is shown, until another is chosen. */
export function ChoiceControl({ control, value, choices, change }: ChoiceControlProps) {
  const known = choices.some((choice) => choice.value === value);
  return (
    <select
      {...control}
      className={styles.plain}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    >
      {!known && <option value={value}>{value === '' ? 'Choose' : `${value} (not here)`}</option>}
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value} disabled={choice.disabled}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
