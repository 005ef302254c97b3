import type { ReactNode } from 'react';
import styles from './Page.module.css';

/** What a page is: its header, then its panels, one below another. */
export function Page({ children }: { readonly children: ReactNode }) {
  return <div className={styles.page}>{children}</div>;
}

interface PageHeaderProps {
  readonly title: string;
  /** Beside the title: a count, a state. */
  readonly beside?: ReactNode;
  /** At the far end: buttons. */
  readonly actions?: ReactNode;
  /** Below: what it is, figures. */
  readonly children?: ReactNode;
}

/** A page's name, what stands beside it, and what can be done with the whole. */
export function PageHeader({ title, beside, actions, children }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.row}>
        <div className={styles.name}>
          <h1>{title}</h1>
          {beside}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </header>
  );
}

/** Words beside a title that count what is below. */
export function PageCount({ children }: { readonly children: ReactNode }) {
  return (
    <span className={styles.count} role="status">
      {children}
    </span>
  );
}

/** In the place of a page while it is on its way. */
export function Loading({ children }: { readonly children: ReactNode }) {
  return (
    <p className={styles.loading} role="status">
      {children}
    </p>
  );
}

/** Two panels side by side where there is room. */
export function Pair({ children }: { readonly children: ReactNode }) {
  return <div className={styles.pair}>{children}</div>;
}
