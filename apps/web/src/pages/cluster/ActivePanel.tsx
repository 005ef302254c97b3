import type { ActiveRun } from '@litmatter/protocol';
import { Link } from '@tanstack/react-router';
import { Panel } from '../../parts/Panel.tsx';
import { StateMark } from '../../parts/StateMark.tsx';
import { counted } from '../../words/format.ts';
import styles from './Cluster.module.css';

/** What this hub has under way, wherever it runs. */
export function ActivePanel({ active }: { readonly active: readonly ActiveRun[] }) {
  if (active.length === 0) return null;
  return (
    <Panel title={`${counted(active.length, 'run')} of this hub under way`}>
      <ul className={styles.active}>
        {active.map(({ id, experiment, name, index, launcher, devices, state }) => (
          <li key={id}>
            <StateMark state={state} bare />
            <Link to="/experiments/$id" params={{ id: experiment }}>
              {name}, run {index + 1}
            </Link>
            <span>
              {counted(devices, 'device')}, {launcher}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
