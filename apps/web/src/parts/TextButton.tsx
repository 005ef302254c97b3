import type { ButtonHTMLAttributes } from 'react';
import styles from './TextButton.module.css';

interface TextButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'type'> {
  /** Coloured as a link; otherwise as the words it stands among. */
  readonly accent?: boolean;
}

/** A press within a text, that looks like a link and leads nowhere. */
export function TextButton({ accent = false, ...rest }: TextButtonProps) {
  return <button type="button" className={styles.button} data-accent={accent || undefined} {...rest} />;
}
