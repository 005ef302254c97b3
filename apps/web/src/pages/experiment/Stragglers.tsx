import { type Straggler, stragglerInWords, stragglerOf } from '@litmatter/scaling';
import { TextButton } from '../../parts/TextButton.tsx';
import type { ExperimentData, RunData } from '../../state/experiment-data.ts';
import { counted } from '../../words/format.ts';
import styles from './Experiment.module.css';
import type { ExperimentSearch } from './search.ts';

const found = new WeakMap<RunData, Straggler | null>();

/** The rank or host that holds a run up. Ranks that share cores hold each other up, which says nothing of a machine. */
export function stragglerOfRun(run: RunData): Straggler | undefined {
  let straggler = found.get(run);
  if (straggler === undefined) {
    const { started } = run.view;
    straggler = (started?.oversubscribed ? undefined : stragglerOf(run.epochs, started?.ranks ?? [])) ?? null;
    found.set(run, straggler);
  }
  return straggler ?? undefined;
}

/** More lines than that are no news. */
const most = 5;

interface StragglersProps {
  readonly data: ExperimentData;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** Ranks and hosts that the others wait for again and again, by name, the costliest first. */
export function Stragglers({ data, change }: StragglersProps) {
  const all = data.runs
    .flatMap((run) => {
      const straggler = stragglerOfRun(run);
      return straggler ? [{ run, straggler }] : [];
    })
    .sort((a, b) => b.straggler.waiting - a.straggler.waiting);
  if (all.length === 0) return null;
  return (
    <ul className={styles.stragglers} aria-label="Stragglers">
      {all.slice(0, most).map(({ run, straggler }) => (
        <li key={run.view.id}>
          <strong>
            Run {run.view.index + 1} on {counted(run.view.spec.devices, 'device')}:
          </strong>{' '}
          {stragglerInWords(straggler)}.{' '}
          <TextButton onClick={() => change({ ranks: run.view.id })}>See its ranks</TextButton>
        </li>
      ))}
      {all.length > most && <li>{counted(all.length - most, 'more run')} with a straggler.</li>}
    </ul>
  );
}
