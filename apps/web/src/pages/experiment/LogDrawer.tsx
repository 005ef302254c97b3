import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Scrolled } from '../../parts/Scrolled.tsx';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { runLogQuery } from '../../state/queries.ts';
import { counted } from '../../words/format.ts';
import styles from './LogDrawer.module.css';
import type { ExperimentSearch } from './search.ts';

interface LogDrawerProps {
  readonly data: ExperimentData;
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** What a run's ranks said, and what its processes wrote as they ended; followed while the run goes on. */
export function LogDrawer({ data, search, change }: LogDrawerProps) {
  const run = data.runs.find((one) => one.view.id === search.log);
  return (
    <Drawer
      opened={run !== undefined}
      onClose={() => change({ log: undefined })}
      position="right"
      size="min(720px, 100vw)"
      title={run && `Run ${run.view.index + 1}: ${counted(run.view.spec.devices, 'device')}`}
      closeButtonProps={{ 'aria-label': 'Close the log' }}
    >
      {run && <Log id={run.view.id} going={run.view.endedAt === null} reason={run.view.reason} />}
    </Drawer>
  );
}

function Log({
  id,
  going,
  reason,
}: {
  readonly id: string;
  readonly going: boolean;
  readonly reason: string | null;
}) {
  const { data, error } = useQuery(runLogQuery(id, going));
  if (error && !data)
    return (
      <p role="alert" className={styles.bad}>
        {error.message}
      </p>
    );
  if (!data) return <p className={styles.quiet}>Reading the log …</p>;
  return (
    <div className={styles.log}>
      {reason && <p className={styles.reason}>{reason}</p>}
      {data.lines.length === 0 && data.stderr === '' && (
        <p className={styles.quiet}>Nothing was written{going ? ' yet' : ''}.</p>
      )}
      {data.lines.length > 0 && (
        <ol className={styles.lines}>
          {data.lines.map((line) => (
            <li key={`${line.attempt} ${line.seq}`} data-level={line.level}>
              <time dateTime={new Date(line.at).toISOString()}>
                {new Date(line.at).toLocaleTimeString('en-GB')}
              </time>
              <span>{line.message}</span>
            </li>
          ))}
        </ol>
      )}
      {data.stderr !== '' && (
        <div>
          <h3>What the processes wrote{data.truncated ? ' (the end of it)' : ''}</h3>
          <Scrolled label="What the processes wrote" className={styles.stderr}>
            <pre>{data.stderr}</pre>
          </Scrolled>
        </div>
      )}
    </div>
  );
}
