import type { AttemptView } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { SideSheet } from '../../parts/SideSheet.tsx';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { runLogQuery } from '../../state/queries.ts';
import { counted } from '../../words/format.ts';
import styles from './RunLog.module.css';
import type { ExperimentSearch } from './search.ts';

interface RunLogSheetProps {
  readonly data: ExperimentData;
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** What a run's ranks said, and what its processes wrote as they ended; followed while the run goes on. */
export function RunLogSheet({ data, search, change }: RunLogSheetProps) {
  const run = data.runs.find((one) => one.view.id === search.log);
  if (!run) return null;
  return (
    <SideSheet
      key={run.view.id}
      title={`Log of run ${run.view.index + 1}, ${counted(run.view.spec.devices, 'device')}`}
      close={() => change({ log: undefined })}
    >
      <Log id={run.view.id} going={run.view.endedAt === null} reason={run.view.reason} />
    </SideSheet>
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
      {data.attempts.length > 1 && <Attempts attempts={data.attempts} />}
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

/** What each launch of a run came to, where there was more than one. */
function Attempts({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  return (
    <div>
      <h3>Attempts</h3>
      <ol className={styles.attempts}>
        {attempts.map(({ attempt, createdAt, resumedAfter, state, reason }) => (
          <li key={attempt}>
            <span className={styles.which}>
              {attempt}
              <time dateTime={new Date(createdAt).toISOString()}>
                {new Date(createdAt).toLocaleTimeString('en-GB')}
              </time>
            </span>
            <span>
              {resumedAfter === null ? 'from the beginning' : `resumed after epoch ${resumedAfter}`},{' '}
              {state ?? 'under way'}
              {reason && <span className={styles.why}>{reason}</span>}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
