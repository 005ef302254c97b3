import type { ClusterNode } from '@litmatter/protocol';
import { type CSSProperties, memo, useMemo } from 'react';
import { counted } from '../../words/format.ts';
import styles from './Cluster.module.css';
import { capacityOf, conditions, conditionWord, gpusOf, groupsOf, usedShare } from './summary.ts';

interface NodeStripProps {
  readonly nodes: readonly ClusterNode[];
  readonly choose: (name: string) => void;
}

/** Beyond so many a cell gets smaller. */
const many = 250;

/**
 * Every node as a cell that is filled as far as it is used: a thousand at a glance. For the eye and the mouse; the
 * table below says the same in words, and is the way for the keyboard.
 */
export const NodeStrip = memo(function NodeStrip({ nodes, choose }: NodeStripProps) {
  const groups = useMemo(() => groupsOf(nodes), [nodes]);
  return (
    <div className={styles.strips} data-many={nodes.length > many || undefined}>
      {groups.map(([name, list]) => (
        <div key={name} className={styles.group}>
          <span className={styles.groupName}>
            {name} <span>{list.length}</span>
          </span>
          <div className={styles.strip} role="img" aria-label={inWords(name, list)}>
            {list.map((node) => (
              // biome-ignore lint/a11y/noStaticElementInteractions: the table's search does the same by keyboard
              // biome-ignore lint/a11y/useKeyWithClickEvents: the table's search does the same by keyboard
              <span
                key={node.name}
                className={styles.cell}
                data-condition={node.condition}
                style={{ '--used': `${Math.round(100 * usedShare(node))}%` } as CSSProperties}
                title={titleOf(node)}
                onClick={() => choose(node.name)}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
});

function titleOf(node: ClusterNode): string {
  const cpus = node.cpus.total === null ? [] : [`${node.cpus.used ?? '?'}/${node.cpus.total} CPUs`];
  const gpus = node.gpus.length > 0 ? [gpusOf(node)] : [];
  const reason = node.reason === null ? [] : [node.reason.text];
  return [`${node.name}: ${conditionWord(node.condition).toLowerCase()}`, ...cpus, ...gpus, ...reason].join(
    '\n',
  );
}

function inWords(name: string, nodes: readonly ClusterNode[]): string {
  const { counts } = capacityOf(nodes);
  const told = conditions.flatMap(({ name: condition, word }) => {
    const count = counts.get(condition);
    return count ? `${count} ${word.toLowerCase()}` : [];
  });
  return `${counted(nodes.length, 'node')} of ${name}: ${told.join(', ')}`;
}
