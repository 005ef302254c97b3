import { seriesName } from '@litmatter/scaling';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo, useRef } from 'react';
import { distinctNames } from '../../charts/series-names.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Spacer, Table, type TableColumn } from '../../parts/Table.tsx';
import { useVisibleRows } from '../../parts/useVisibleRows.ts';
import { useNow } from '../../state/now.ts';
import { link } from '../../state/socket.ts';
import { useStore } from '../../state/store.ts';
import { counted } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import { RunLine } from './RunLine.tsx';
import styles from './RunTable.module.css';
import { type RunSortKey, rowOf, runSortKeys, shownState, sortedRows } from './run-row.ts';
import { useTargetUnit } from './useTargetUnit.ts';

interface Column extends TableColumn {
  readonly key: RunSortKey | undefined;
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
  const names = useMemo(() => namesOf(data.runs.map((run) => seriesName(run.view.spec))), [data.runs]);
  const several = names.size > 1;
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

  const heads: TableColumn[] = columns.map(({ key: by, ...column }) => ({
    ...column,
    ...(by && {
      sort: {
        order: by === key ? (up ? 'up' : 'down') : undefined,
        press: () =>
          change(
            by === key
              ? { order: up ? 'down' : undefined }
              : { sort: by === 'run' ? undefined : by, order: undefined },
          ),
      },
    }),
  }));
  heads.push({ label: 'Actions', unseen: true });

  return (
    <Panel title={counted(data.runs.length, 'run')} flush>
      <Table label="Runs" columns={heads} rows={rows.length} className={styles.table}>
        <tbody ref={body}>
          <Spacer columns={heads.length} height={first * height} />
          {rows.slice(first, last).map((row, offset) => (
            <RunLine
              key={row.run.view.id}
              row={row}
              index={first + offset}
              state={shownState(row.run.view, status === 'open' ? now : undefined)}
              name={several ? names.get(row.model) : undefined}
              repeated={repeated}
              metered={metered}
              height={height}
              openLog={() => change({ log: row.run.view.id })}
              openRanks={() => change({ ranks: row.run.view.id })}
            />
          ))}
          <Spacer columns={heads.length} height={(rows.length - last) * height} />
        </tbody>
      </Table>
    </Panel>
  );
}

/** Each series' name, to the part of it that tells it from the others. */
function namesOf(all: readonly string[]): ReadonlyMap<string, string> {
  const series = [...new Set(all)];
  const short = distinctNames(series);
  return new Map(series.map((name, index) => [name, short[index]!]));
}
