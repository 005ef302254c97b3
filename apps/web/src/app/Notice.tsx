import type { ReactNode } from 'react';
import styles from './Notice.module.css';

interface NoticeProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly tone?: 'plain' | 'bad';
  readonly actions?: ReactNode;
}

/** A whole view's worth of words: an empty page, a missing one, a fault. Says what is the case and what to do next. */
export function Notice({ title, children, tone = 'plain', actions }: NoticeProps) {
  return (
    <section className={styles.notice} data-tone={tone} {...(tone === 'bad' && { role: 'alert' })}>
      <h1 className={styles.title}>{title}</h1>
      <div className={styles.words}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </section>
  );
}
