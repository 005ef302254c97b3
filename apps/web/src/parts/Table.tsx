import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Scrolled } from './Scrolled.tsx';
import styles from './Table.module.css';

export interface TableColumn {
  readonly label: string;
  /** Numbers stand at the end. */
  readonly end?: boolean | undefined;
  /** What it is, on hover. */
  readonly title?: string | undefined;
  readonly sort?: ColumnSort | undefined;
  /** For screen readers alone. */
  readonly unseen?: boolean | undefined;
}

interface ColumnSort {
  /** Which way it is sorted by this column; undefined where by another. */
  readonly order: 'up' | 'down' | undefined;
  readonly press: () => void;
}

interface TableProps {
  readonly label: string;
  /** A string is a column without more to say. */
  readonly columns: readonly (string | TableColumn)[];
  /** Within a panel's padding, rather than up to its edges. */
  readonly inset?: boolean;
  /** No higher than so, its head always in sight. */
  readonly scrolls?: boolean;
  /** Data rows in all, where not all of them are in the document. */
  readonly rows?: number;
  readonly className?: string | undefined;
  /** A `tbody`. */
  readonly children: ReactNode;
}

/** A table that scrolls sideways by itself where it is wider than its room. */
export function Table({ label, columns, inset, scrolls, rows, className = '', children }: TableProps) {
  return (
    <Scrolled label={label} className={`${styles.frame} ${scrolls ? styles.scrolls : ''}`}>
      <table
        className={`${styles.table} ${className}`}
        data-inset={inset || undefined}
        {...(rows !== undefined && { 'aria-rowcount': rows + 1 })}
      >
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={typeof column === 'string' ? column : column.label} column={column} />
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </Scrolled>
  );
}

function Head({ column }: { readonly column: string | TableColumn }) {
  const { label, end, title, sort, unseen }: TableColumn =
    typeof column === 'string' ? { label: column } : column;
  return (
    <th scope="col" data-end={end || undefined} title={title} aria-sort={orderOf(sort)}>
      {sort ? <SortButton label={label} {...sort} /> : unseen ? <Unseen>{label}</Unseen> : label}
    </th>
  );
}

export function orderOf(sort: ColumnSort | undefined): 'ascending' | 'descending' | undefined {
  return sort?.order && (sort.order === 'up' ? 'ascending' : 'descending');
}

/** A column's name to sort by, with an arrow where it is what rows are sorted by. */
export function SortButton({ label, order, press }: ColumnSort & { readonly label: string }) {
  return (
    <button type="button" className={styles.sort} onClick={press}>
      {label}
      {order === 'up' && <IconArrowUp size={12} aria-hidden />}
      {order === 'down' && <IconArrowDown size={12} aria-hidden />}
    </button>
  );
}

/** The room of rows that are not in the document because they are not in sight. */
export function Spacer({ columns, height }: { readonly columns: number; readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr className={styles.spacer} style={{ height }}>
      <td colSpan={columns} />
    </tr>
  );
}

/** In a cell of which nothing is known. */
export function None() {
  return <span className={styles.none}>–</span>;
}

/** Words for screen readers alone. */
export function Unseen({ children }: { readonly children: ReactNode }) {
  return <span className={styles.unseen}>{children}</span>;
}
