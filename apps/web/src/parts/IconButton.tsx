import type { ReactNode } from 'react';
import styles from './IconButton.module.css';

interface IconButtonProps {
  /** What it does to what, for screen readers: "Cancel run 3". */
  readonly label: string;
  /** What it does, on hover; the label where absent. */
  readonly title?: string;
  readonly busy?: boolean;
  readonly press: () => void;
  readonly children: ReactNode;
}

/** A small button of one icon. Light enough to stand in every row of a long table. */
export function IconButton({ label, title = label, busy = false, press, children }: IconButtonProps) {
  return (
    <button
      type="button"
      className={styles.button}
      aria-label={label}
      title={title}
      aria-busy={busy || undefined}
      disabled={busy}
      onClick={press}
    >
      {children}
    </button>
  );
}
