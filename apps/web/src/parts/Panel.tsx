import type { ReactNode } from 'react';
import styles from './Panel.module.css';

interface PanelProps {
  readonly title: string;
  /** Beside the title: tabs, buttons. */
  readonly tools?: ReactNode;
  readonly children: ReactNode;
  /** Content up to the panel's edges, as tables want it. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
}

/** A titled surface: what pages are composed of. */
export function Panel({ title, tools, children, flush, className }: PanelProps) {
  return (
    <section className={`${styles.panel} ${className ?? ''}`} aria-label={title}>
      <header className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {tools && <div className={styles.tools}>{tools}</div>}
      </header>
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
