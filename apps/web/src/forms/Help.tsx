import { IconInfoCircle } from '@tabler/icons-react';
import styles from './Field.module.css';

interface HelpProps {
  readonly id: string;
  /** The field it is about. */
  readonly about: string;
  readonly text: string;
}

/** A word of explanation behind a mark: on hover, on focus, and read with the field it belongs to. */
export function Help({ id, about, text }: HelpProps) {
  return (
    <span className={styles.help}>
      <button type="button" aria-label={`Help: ${about}`} aria-describedby={id}>
        <IconInfoCircle size={13} stroke={1.7} aria-hidden />
      </button>
      <span id={id} role="tooltip" className={styles.bubble}>
        {text}
      </span>
    </span>
  );
}
