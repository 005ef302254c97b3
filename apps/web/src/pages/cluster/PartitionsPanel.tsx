import type { BatchSystem } from '@litmatter/protocol';
import { useMemo } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { None, Table } from '../../parts/Table.tsx';
import { TextButton } from '../../parts/TextButton.tsx';
import { integer, span } from '../../words/format.ts';
import styles from './Cluster.module.css';
import type { Asked } from './search.ts';
import { capacityOf, freeOf } from './summary.ts';

const columns = [
  'Partition',
  'Takes jobs',
  { label: 'Time limit', end: true, title: 'Longest time a job may ask for' },
  { label: 'Nodes free', end: true },
  { label: 'CPUs free', end: true },
  { label: 'GPUs free', end: true },
  { label: 'Jobs waiting', end: true },
];

/** Partitions and what is free in each; a press shows that one's nodes and jobs alone. */
export function PartitionsPanel({ batch, search, change }: Asked & { readonly batch: BatchSystem }) {
  const rows = useMemo(
    () =>
      batch.partitions.map((partition) => ({
        partition,
        has: capacityOf(batch.nodes.filter((node) => node.partitions.includes(partition.name))),
      })),
    [batch],
  );
  if (rows.length === 0) return null;
  return (
    <Panel
      title="Partitions"
      flush
      tools={
        search.partition !== undefined && (
          <TextButton accent onClick={() => change({ partition: undefined })}>
            Show all partitions
          </TextButton>
        )
      }
    >
      <Table label="All partitions" columns={columns} className={styles.table} scrolls>
        <tbody>
          {rows.map(({ partition, has }) => (
            <tr key={partition.name} data-chosen={search.partition === partition.name || undefined}>
              <th scope="row">
                <TextButton
                  accent
                  aria-pressed={search.partition === partition.name}
                  onClick={() =>
                    change({
                      partition: search.partition === partition.name ? undefined : partition.name,
                    })
                  }
                >
                  {partition.name}
                </TextButton>
                {partition.standard && <span className={styles.note}>standard</span>}
              </th>
              <td>{stateWord(partition.state)}</td>
              <td data-end>
                {partition.timeLimitSeconds === null ? 'none' : span(partition.timeLimitSeconds)}
              </td>
              <td data-end>
                {integer(has.open)} <span className={styles.of}>of {integer(has.nodes)}</span>
              </td>
              <td data-end>{freeOf(has.cpus)}</td>
              <td data-end>
                {has.gpuTypes.length === 0 ? (
                  <None />
                ) : (
                  has.gpuTypes.map(({ type, total, free }, at) => (
                    <span key={type} className={styles.gpu}>
                      {free === null
                        ? `${integer(total)} ${type}, use not told`
                        : `${freeOf({ total, free })} ${type}`}
                      {at < has.gpuTypes.length - 1 && ';'}
                    </span>
                  ))
                )}
              </td>
              <td data-end>{integer(partition.waiting)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function stateWord(state: string | null): string {
  if (state === null) return 'not told';
  if (state === 'up') return 'yes';
  if (state === 'drain') return 'no, it is being drained';
  return state.startsWith('inact') ? 'no, it is not active' : `no, it is ${state}`;
}
