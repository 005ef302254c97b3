import type { BatchSystem, ClusterNode } from '@litmatter/protocol';
import { memo, useDeferredValue, useMemo, useRef } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { None, Spacer, Table, Unseen } from '../../parts/Table.tsx';
import { useVisibleRows } from '../../parts/useVisibleRows.ts';
import { counted, dateTime, integer, memory } from '../../words/format.ts';
import styles from './Cluster.module.css';
import { NodeStrip } from './NodeStrip.tsx';
import type { Asked } from './search.ts';
import { capacityOf, conditions, conditionWord, nodesAsked } from './summary.ts';

const rowHeight = 34;

const columns = [
  'Node',
  'State',
  'Partitions',
  { label: 'CPUs used', end: true },
  { label: 'GPUs used', end: true },
  { label: 'Memory used', end: true },
  'Why',
];

/** Nodes: all at a glance, and those that are asked for one by one. */
export function NodesPanel({ batch, search, change }: Asked & { readonly batch: BatchSystem }) {
  const { partition, nodes: condition } = search;
  const asked = useDeferredValue(search);
  const inPartition = useMemo(
    () => nodesAsked({ ...batch, nodes: batch.nodes }, { partition }),
    [batch, partition],
  );
  const listed = useMemo(() => nodesAsked(batch, asked), [batch, asked]);
  const { counts } = capacityOf(inPartition);
  const told = conditions.filter(({ name }) => counts.has(name));
  const choose = (name: string) => change({ q: name, nodes: undefined });
  return (
    <Panel title={counted(inPartition.length, 'node')} flush>
      <div className={styles.nodesHead}>
        <fieldset className={styles.legend}>
          <legend>
            <Unseen>Show nodes that are</Unseen>
          </legend>
          {told.map(({ name, word, says }) => (
            <button
              key={name}
              type="button"
              className={styles.condition}
              aria-pressed={condition === name}
              title={`${word}: ${says}`}
              onClick={() => change({ nodes: condition === name ? undefined : name })}
            >
              <span className={styles.cell} data-condition={name} aria-hidden />
              {word} <strong>{integer(counts.get(name)!)}</strong>
            </button>
          ))}
        </fieldset>
        <SearchBox
          label="Search nodes"
          placeholder="Name or reason"
          value={search.q}
          change={(q) => change({ q })}
          className={styles.find}
        />
      </div>
      <NodeStrip nodes={inPartition} choose={choose} />
      <NodeTable nodes={listed} />
    </Panel>
  );
}

const NodeTable = memo(function NodeTable({ nodes }: { readonly nodes: readonly ClusterNode[] }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, last } = useVisibleRows(body, nodes.length, rowHeight);
  if (nodes.length === 0) return <p className={styles.nothing}>No node is as asked for.</p>;
  return (
    <Table label="Nodes" columns={columns} rows={nodes.length} className={styles.table} scrolls>
      <tbody ref={body}>
        <Spacer columns={columns.length} height={first * rowHeight} />
        {nodes.slice(first, last).map((node, offset) => (
          <NodeRow key={node.name} node={node} index={first + offset} />
        ))}
        <Spacer columns={columns.length} height={(nodes.length - last) * rowHeight} />
      </tbody>
    </Table>
  );
});

const NodeRow = memo(function NodeRow({
  node,
  index,
}: {
  readonly node: ClusterNode;
  readonly index: number;
}) {
  const { cpus, memoryBytes, reason } = node;
  return (
    <tr style={{ height: rowHeight }} aria-rowindex={index + 2}>
      <th scope="row">{node.name}</th>
      <td title={node.state}>
        <span className={styles.state}>
          <span className={styles.cell} data-condition={node.condition} aria-hidden />
          {conditionWord(node.condition)}
        </span>
      </td>
      <td>{node.partitions.join(', ') || <None />}</td>
      <td data-end>
        <Share used={cpus.used} total={cpus.total} write={integer} />
      </td>
      <td data-end>
        {node.gpus.length === 0 ? (
          <None />
        ) : (
          node.gpus.map(({ type, total, used }) => (
            <span key={type} className={styles.gpu}>
              <Share used={used} total={total} write={integer} /> {type ?? 'GPU'}
            </span>
          ))
        )}
      </td>
      <td data-end>
        <Share used={memoryBytes.used} total={memoryBytes.total} write={memory} />
      </td>
      <td className={styles.why}>
        {reason && (
          <span title={[reason.by, reason.at && dateTime(reason.at)].filter(Boolean).join(', ') || undefined}>
            {reason.text}
          </span>
        )}
      </td>
    </tr>
  );
});

interface ShareProps {
  readonly used: number | null;
  readonly total: number | null;
  readonly write: (value: number) => string;
}

function Share({ used, total, write }: ShareProps) {
  if (total === null) return <None />;
  return (
    <>
      {used === null ? '?' : write(used)}
      <span className={styles.of}> of {write(total)}</span>
    </>
  );
}
