import type { ExperimentSummary } from '@litmatter/protocol';
import { useMediaQuery } from '@mantine/hooks';
import { useRef } from 'react';
import { orderOf, SortButton, Unseen } from '../../parts/Table.tsx';
import { Tick } from '../../parts/Tick.tsx';
import { useVisibleRows } from '../../parts/useVisibleRows.ts';
import { firstOrder } from './choose.ts';
import styles from './Experiments.module.css';
import { Row } from './Row.tsx';
import type { ExperimentsSearch, SortKey } from './search.ts';

interface TableProps {
  readonly rows: readonly ExperimentSummary[];
  readonly search: ExperimentsSearch;
  readonly change: (change: Partial<ExperimentsSearch>) => void;
  readonly picked: ReadonlySet<string>;
  readonly pick: (ids: readonly string[], on: boolean) => void;
  readonly now: number;
}

const columns: readonly { key: SortKey | undefined; label: string; align?: 'end'; title?: string }[] = [
  { key: 'name', label: 'Experiment' },
  { key: 'state', label: 'State' },
  { key: undefined, label: 'Devices' },
  { key: 'progress', label: 'Epochs' },
  {
    key: 'mae',
    label: 'Best MAE',
    align: 'end',
    title: 'Least validation error of all runs, in the unit of the target',
  },
  { key: 'created', label: 'Created', align: 'end' },
];

/** The list: only the rows in sight are in the document, so a thousand are as quick as ten. */
export function Table({ rows, search, change, picked, pick, now }: TableProps) {
  const narrow = useMediaQuery('(max-width: 720px)') ?? false;
  const list = useRef<HTMLTableSectionElement>(null);
  const height = narrow ? 92 : 52;
  const { first, last } = useVisibleRows(list, rows.length, height);
  const sort = search.sort ?? 'created';
  const order = search.order ?? firstOrder[sort];
  const all = rows.length > 0 && rows.every((row) => picked.has(row.id));

  return (
    <table className={styles.table} aria-label="Experiments" aria-rowcount={rows.length + 1}>
      <thead>
        <tr className={styles.headRow}>
          <th scope="col" className={styles.tick}>
            <Tick
              label="Select all that are listed"
              on={all}
              part={!all && picked.size > 0}
              change={() =>
                pick(
                  rows.map((row) => row.id),
                  !all,
                )
              }
            />
          </th>
          {columns.map(({ key, label, align, title }) => {
            const by = key && {
              order: key === sort ? order : undefined,
              press: () =>
                change(
                  key === sort ? { order: order === 'up' ? 'down' : 'up' } : { sort: key, order: undefined },
                ),
            };
            return (
              <th
                key={label}
                scope="col"
                data-align={align}
                data-column={label}
                title={title}
                aria-sort={orderOf(by)}
              >
                {by ? <SortButton label={label} {...by} /> : label}
              </th>
            );
          })}
          <th scope="col">
            <Unseen>Actions</Unseen>
          </th>
        </tr>
      </thead>
      <tbody
        ref={list}
        className={styles.rows}
        style={{ paddingTop: first * height, paddingBottom: (rows.length - last) * height }}
      >
        {rows.slice(first, last).map((row, offset) => (
          <Row
            key={row.id}
            index={first + offset}
            row={row}
            now={now}
            ticked={picked.has(row.id)}
            tick={(on) => pick([row.id], on)}
            height={height}
          />
        ))}
      </tbody>
    </table>
  );
}
