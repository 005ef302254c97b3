import type { ReactNode } from 'react';
import styles from './Facts.module.css';

/** A row of figures with their names. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

interface FactProps {
  readonly label: string;
  /** Unit included; a dash where it is not known. */
  readonly value: ReactNode;
  readonly note?: ReactNode;
}

export function Fact({ label, value, note }: FactProps) {
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>
        {value ?? <span className={styles.unknown}>not known yet</span>}
        {note && <span className={styles.note}>{note}</span>}
      </dd>
    </div>
  );
}
