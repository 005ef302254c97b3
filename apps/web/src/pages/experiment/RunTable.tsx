import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { useNow } from '../../state/now.ts';
import { link } from '../../state/socket.ts';
import { useStore } from '../../state/store.ts';
import { counted } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import { useVisibleRows } from '../experiments/useVisibleRows.ts';
import { RunLine } from './RunLine.tsx';
import styles from './RunTable.module.css';
import { type RunSortKey, rowOf, runSortKeys, shownState, sortedRows } from './run-row.ts';
import { useTargetUnit } from './useTargetUnit.ts';

interface Column {
  readonly key: RunSortKey | undefined;
  readonly label: string;
  readonly end?: boolean;
  readonly title?: string;
}

/** Every run, sortable, live; only the rows in sight are in the document. */
export function RunTable({ data, search, change }: PanelProps) {
  const { status } = useStore(link);
  const now = useNow(5_000);
  const unit = useTargetUnit(data);
  const coarse = useMediaQuery('(pointer: coarse)') ?? false;
  const height = coarse ? 44 : 36;
  const body = useRef<HTMLTableSectionElement>(null);
  const key = (search.sort && search.sort in runSortKeys ? search.sort : 'run') as RunSortKey;
  const up = search.order !== 'down';
  const rows = useMemo(() => sortedRows(data.runs.map(rowOf), key, up), [data.runs, key, up]);
  const { first, last } = useVisibleRows(body, rows.length, height);
  const several = new Set(rows.map((row) => row.model)).size > 1;
  const repeated = data.spec.repeats > 1;
  const metered = rows.some((row) => row.energy !== null);

  const columns: Column[] = [
    { key: 'run', label: 'Run' },
    ...(several ? [{ key: undefined, label: 'Model' }] : []),
    { key: 'devices', label: 'Devices', end: true },
    ...(repeated ? [{ key: undefined, label: 'Repeat', end: true }] : []),
    { key: 'state', label: 'State' },
    { key: 'epoch', label: 'Epoch' },
    {
      key: 'seconds',
      label: 's / epoch',
      end: true,
      title: 'Median of the epochs after the first, ± median absolute deviation',
    },
    { key: undefined, label: 'Time went to', title: 'Mean of the ranks, share of the epoch' },
    { key: 'steps', label: 'Steps', end: true, title: 'Steps per epoch' },
    { key: 'batch', label: 'Global batch', end: true },
    { key: 'imbalance', label: 'Imbalance', end: true, title: 'Slowest rank / mean rank' },
    { key: 'hours', label: 'Device-hours', end: true },
    ...(metered
      ? [
          {
            key: 'energy' as const,
            label: 'Energy / epoch',
            end: true,
            title: 'Training alone, its validation not included',
          },
        ]
      : []),
    { key: 'mae', label: `Best MAE${unit ? `, ${unit}` : ''}`, end: true, title: 'Least validation error' },
  ];

  return (
    <Panel title={counted(data.runs.length, 'run')} flush>
      <Scrolled label="Runs" className={styles.frame}>
        <table className={styles.table} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th
                  key={column.label}
                  scope="col"
                  data-end={column.end}
                  title={column.title}
                  {...(column.key === key && { 'aria-sort': up ? 'ascending' : 'descending' })}
                >
                  {column.key ? (
                    <button
                      type="button"
                      className={styles.sort}
                      onClick={() =>
                        change(
                          column.key === key
                            ? { order: up ? 'down' : undefined }
                            : { sort: column.key === 'run' ? undefined : column.key, order: undefined },
                        )
                      }
                    >
                      {column.label}
                      {column.key === key &&
                        (up ? (
                          <IconArrowUp size={12} aria-hidden />
                        ) : (
                          <IconArrowDown size={12} aria-hidden />
                        ))}
                    </button>
                  ) : (
                    column.label
                  )}
                </th>
              ))}
              <th scope="col">
                <span className={styles.unseen}>Actions</span>
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            <Spacer height={first * height} />
            {rows.slice(first, last).map((row, offset) => (
              <RunLine
                key={row.run.view.id}
                row={row}
                index={first + offset}
                state={shownState(row.run.view, status === 'open' ? now : undefined)}
                several={several}
                repeated={repeated}
                metered={metered}
                height={height}
                openLog={() => change({ log: row.run.view.id })}
                openRanks={() => change({ ranks: row.run.view.id })}
              />
            ))}
            <Spacer height={(rows.length - last) * height} />
          </tbody>
        </table>
      </Scrolled>
    </Panel>
  );
}

/** Stands for the rows that are not in the document. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr>
      <td style={{ height, padding: 0 }} />
    </tr>
  );
}
