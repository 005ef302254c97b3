import styles from './Pick.module.css';

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, words: string])[];
  readonly change: (value: string) => void;
  /** What stands there while nothing is chosen. */
  readonly invitation?: string;
}

/** A small list to choose from, for the head of a panel. */
export function Pick({ label, value, choices, change, invitation }: PickProps) {
  return (
    <select
      className={styles.pick}
      aria-label={label}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    >
      {invitation !== undefined && <option value="">{invitation}</option>}
      {choices.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
