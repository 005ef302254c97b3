import {
  IconAtom2,
  IconDownload,
  IconFileText,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconStack2,
} from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import iconStyles from '../../parts/IconButton.module.css';
import { IconButton } from '../../parts/IconButton.tsx';
import { Meter } from '../../parts/Meter.tsx';
import { type ShownState, StateMark } from '../../parts/StateMark.tsx';
import { None } from '../../parts/Table.tsx';
import { addressOf, call } from '../../state/api.ts';
import type { TimeParts } from '../../state/experiment-data.ts';
import { inColumn, integer, joules, percent, seconds, spreadOf } from '../../words/format.ts';
import { prototypeOfRun } from '../prototype/from-run.ts';
import { energyInWords } from './energy.ts';
import styles from './RunTable.module.css';
import type { RunRow } from './run-row.ts';

interface RunLineProps {
  readonly row: RunRow;
  readonly index: number;
  readonly state: ShownState;
  /** Of its model and what varies, where runs differ in that. */
  readonly name: string | undefined;
  readonly repeated: boolean;
  /** Some run's energy is known. */
  readonly metered: boolean;
  /** Pixels. */
  readonly height: number;
  readonly openLog: () => void;
  readonly openRanks: () => void;
}

/** One run. `openLog` and `openRanks` are left out of the comparison: they do the same however often they are made anew. */
export const RunLine = memo(
  function RunLine({ row, index, state, name, repeated, metered, height, openLog, openRanks }: RunLineProps) {
    const { view } = row.run;
    return (
      <tr className={styles.row} style={{ height }} aria-rowindex={index + 2}>
        <th scope="row">{row.number}</th>
        {name !== undefined && <td title={row.model}>{name}</td>}
        <td data-end>{integer(row.devices)}</td>
        {repeated && <td data-end>{row.repeat}</td>}
        <td title={view.reason ?? undefined}>
          <StateMark state={state} />
          {state === 'lost' && view.lastHeardAt !== null && (
            <span className={styles.since}>
              {' '}
              since {new Date(view.lastHeardAt).toLocaleTimeString('en-GB')}
            </span>
          )}
          {view.attempt > 1 && <span className={styles.since}>attempt {view.attempt}</span>}
        </td>
        <td className={styles.epoch}>
          <span>
            {row.epoch} <span className={styles.of}>of {row.epochs}</span>
          </span>
          <Meter
            label={`Epochs of run ${row.number}`}
            done={row.epoch}
            of={row.epochs}
            tone={toneOf(state)}
          />
        </td>
        <td data-end>
          {row.seconds === null ? (
            <None />
          ) : (
            <>
              {seconds(row.seconds)}
              {row.spread !== null && (
                <span className={styles.spread}> ± {spreadOf(row.seconds, row.spread)}</span>
              )}
            </>
          )}
        </td>
        <td>{row.parts ? <Shares parts={row.parts} /> : <None />}</td>
        <td data-end>{row.steps === null ? <None /> : integer(row.steps)}</td>
        <td data-end>{integer(row.globalBatch)}</td>
        <td data-end>{row.imbalance === null ? <None /> : `${row.imbalance.toFixed(2)}×`}</td>
        <td data-end>{row.deviceHours === null ? <None /> : inColumn(row.deviceHours, 2)}</td>
        {metered && (
          <td data-end title={row.energy ? energyInWords(row.energy) : undefined}>
            {row.energy ? joules(row.energy.epoch) : <None />}
          </td>
        )}
        <td data-end>{row.bestMae === null ? <None /> : inColumn(row.bestMae)}</td>
        <td className={styles.actions}>
          <Actions row={row} openLog={openLog} openRanks={openRanks} />
        </td>
      </tr>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.state === b.state &&
    a.index === b.index &&
    a.height === b.height &&
    a.name === b.name &&
    a.repeated === b.repeated &&
    a.metered === b.metered,
);

function toneOf(state: ShownState): 'accent' | 'bad' | 'quiet' {
  return state === 'failed' ? 'bad' : state === 'running' || state === 'starting' ? 'accent' : 'quiet';
}

const partNames = [
  ['compute', 'compute'],
  ['communication', 'communication'],
  ['data', 'data'],
  ['optimiser', 'optimiser'],
] as const;

/** What an epoch's seconds went to, as one small bar with its words. */
function Shares({ parts }: { readonly parts: TimeParts }) {
  const words = partNames.map(([part, name]) => `${name} ${percent(parts[part])}`).join(', ');
  return (
    <span className={styles.shares} role="img" aria-label={words} title={words}>
      {partNames.map(([part]) => (
        <span key={part} data-part={part} style={{ width: `${100 * parts[part]}%` }} />
      ))}
    </span>
  );
}

function Actions({ row, openLog, openRanks }: Pick<RunLineProps, 'row' | 'openLog' | 'openRanks'>) {
  const { id, state } = row.run.view;
  const cancel = useMutation({ mutationFn: () => call('cancelRun', { params: { id }, body: {} }) });
  const retry = useMutation({ mutationFn: () => call('retryRun', { params: { id }, body: {} }) });
  const resume = useMutation({ mutationFn: () => call('resumeRun', { params: { id }, body: {} }) });
  const going = state === 'queued' || state === 'starting' || state === 'running';
  const again = state === 'failed' || state === 'cancelled';
  const problem = cancel.error ?? retry.error ?? resume.error;
  return (
    <span className={styles.buttons}>
      {problem && (
        <span role="alert" className={styles.problem} title={problem.message}>
          {problem.message}
        </span>
      )}
      {going && (
        <IconButton
          label={`Cancel run ${row.number}`}
          title="Cancel this run"
          busy={cancel.isPending}
          press={() => cancel.mutate()}
        >
          <IconPlayerStop size={15} stroke={1.7} />
        </IconButton>
      )}
      {again && row.epoch > 0 && (
        <IconButton
          label={`Resume run ${row.number}`}
          title="Resume: go on from its last checkpoint"
          busy={resume.isPending}
          press={() => resume.mutate()}
        >
          <IconPlayerPlay size={15} stroke={1.7} />
        </IconButton>
      )}
      {again && (
        <IconButton
          label={`Retry run ${row.number}`}
          title="Retry: begin this run anew"
          busy={retry.isPending}
          press={() => retry.mutate()}
        >
          <IconRefresh size={15} stroke={1.7} />
        </IconButton>
      )}
      {state === 'succeeded' && (
        <a
          className={iconStyles.button}
          href={addressOf('runWeights', { params: { id } })}
          download={`${id}.safetensors`}
          aria-label={`Weights of run ${row.number}`}
          title="Download its best weights (safetensors)"
        >
          <IconDownload size={15} stroke={1.7} />
        </a>
      )}
      {state === 'succeeded' && (
        <Link
          className={iconStyles.button}
          to="/prototype"
          search={prototypeOfRun(id, row.run.view.spec)}
          aria-label={`Open run ${row.number} in Prototype`}
          title="Load its best weights into the Prototype page"
        >
          <IconAtom2 size={15} stroke={1.7} />
        </Link>
      )}
      {row.parts && (
        <IconButton
          label={`Ranks of run ${row.number}`}
          title="See where each rank’s time goes"
          press={openRanks}
        >
          <IconStack2 size={15} stroke={1.7} />
        </IconButton>
      )}
      <IconButton label={`Log of run ${row.number}`} title="Read its log" press={openLog}>
        <IconFileText size={15} stroke={1.7} />
      </IconButton>
    </span>
  );
}
