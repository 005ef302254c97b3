import { TextButton } from '../../parts/TextButton.tsx';
import type { ExperimentData, RunData } from '../../state/experiment-data.ts';
import { counted, listed } from '../../words/format.ts';
import styles from './Experiment.module.css';
import type { ExperimentSearch } from './search.ts';

function devicesOf(runs: readonly RunData[]): string {
  const counts = [...new Set(runs.map((run) => run.view.spec.devices))];
  return counts.length === 1 ? counted(counts[0]!, 'device') : `${listed(counts.slice(0, 8))} devices`;
}

interface FailuresProps {
  readonly data: ExperimentData;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** Why runs failed: each reason once, with the runs it befell. */
export function Failures({ data, change }: FailuresProps) {
  const failed = data.runs.filter((run) => run.view.state === 'failed');
  if (failed.length === 0) return null;
  const reasons = Map.groupBy(
    failed,
    (run) => run.view.reason ?? 'It failed without saying why: read its log.',
  );
  return (
    <ul className={styles.failures} aria-label="Failed runs">
      {[...reasons].map(([reason, runs]) => (
        <li key={reason}>
          <p>
            <strong>
              {runs.length === 1 ? 'Run' : 'Runs'} {listed(runs.slice(0, 8).map((run) => run.view.index + 1))}
              {runs.length > 8 && ` and ${runs.length - 8} more`} failed
            </strong>{' '}
            (on {devicesOf(runs)}).
          </p>
          <p>{reason}</p>
          <TextButton onClick={() => change({ log: runs[0]!.view.id })}>
            Read the log of run {runs[0]!.view.index + 1}
          </TextButton>
        </li>
      ))}
    </ul>
  );
}
