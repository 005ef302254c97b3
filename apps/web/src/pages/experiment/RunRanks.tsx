import type { RunRanks as Told } from '@litmatter/protocol';
import { stragglerInWords } from '@litmatter/scaling';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { SideSheet } from '../../parts/SideSheet.tsx';
import { Table, type TableColumn } from '../../parts/Table.tsx';
import { TextButton } from '../../parts/TextButton.tsx';
import type { ExperimentData, RunData } from '../../state/experiment-data.ts';
import { runRanksQuery } from '../../state/queries.ts';
import { counted, integer, joules, seconds } from '../../words/format.ts';
import styles from './RunRanks.module.css';
import { stragglerOfRun } from './Stragglers.tsx';
import type { ExperimentSearch } from './search.ts';

interface RunRanksSheetProps {
  readonly data: ExperimentData;
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

/** Where each rank of a run computes and what its time goes to, the busiest first; followed while the run goes on. */
export function RunRanksSheet({ data, search, change }: RunRanksSheetProps) {
  const run = data.runs.find((one) => one.view.id === search.ranks);
  if (!run) return null;
  return (
    <SideSheet
      key={run.view.id}
      title={`Ranks of run ${run.view.index + 1}, ${counted(run.view.spec.devices, 'device')}`}
      close={() => change({ ranks: undefined })}
    >
      <Ranks run={run} />
    </SideSheet>
  );
}

/** Of more ranks than that the rest is listed when it is asked for. */
const short = 64;

function Ranks({ run }: { readonly run: RunData }) {
  const { data, error } = useQuery(runRanksQuery(run.view.id, run.view.endedAt === null));
  const [whole, setWhole] = useState(false);
  if (error && !data)
    return (
      <p role="alert" className={styles.bad}>
        {error.message}
      </p>
    );
  if (!data) return <p className={styles.quiet}>Reading the ranks …</p>;
  if (data.ranks.length === 0)
    return <p className={styles.quiet}>Nothing is measured yet: an epoch tells of its ranks when it ends.</p>;
  const straggler = stragglerOfRun(run);
  const ranks = data.ranks.toSorted((a, b) => busy(b) - busy(a));
  const longest = Math.max(...ranks.map((rank) => rank.seconds));
  const metered = ranks.some((rank) => rank.joules);
  const columns: (string | TableColumn)[] = [
    'Rank',
    'Where',
    'An epoch’s time',
    ...parts.map(([, label]) => ({ label, end: true })),
    { label: 'Samples', end: true },
    ...(metered
      ? [
          {
            label: 'Energy',
            end: true,
            title: 'Its GPU; on the first rank of a host its processors and memory too',
          },
        ]
      : []),
  ];
  return (
    <div className={styles.ranks}>
      {straggler && <p className={styles.straggler}>{capital(stragglerInWords(straggler))}.</p>}
      <p className={styles.quiet}>
        The busiest first. Times are{' '}
        {data.epochs === 1 ? 'of one epoch' : `medians of the last ${data.epochs} epochs`}.
      </p>
      <Key />
      <Table label="Ranks" columns={columns} inset className={styles.table}>
        <tbody>
          {ranks.slice(0, whole ? undefined : short).map((rank) => (
            <tr key={rank.rank} data-slow={straggler?.rank === rank.rank || undefined}>
              <th scope="row">{rank.rank}</th>
              <td className={styles.where}>
                {rank.host}
                <span title={rank.device}>{rank.device}</span>
              </td>
              <td>
                <Bar rank={rank} longest={longest} />
              </td>
              {parts.map(([part]) => (
                <td key={part} data-end>
                  {seconds(rank[part])}
                </td>
              ))}
              <td data-end>{integer(rank.samples)}</td>
              {metered && <td data-end>{energyOf(rank)}</td>}
            </tr>
          ))}
        </tbody>
      </Table>
      {!whole && ranks.length > short && (
        <p>
          <TextButton accent onClick={() => setWhole(true)}>
            List all {integer(ranks.length)} ranks
          </TextButton>
        </p>
      )}
    </div>
  );
}

type Rank = Told['ranks'][number];

const parts = [
  ['data', 'Data'],
  ['compute', 'Compute'],
  ['communication', 'Communication'],
  ['optimiser', 'Optimiser'],
] as const satisfies readonly (readonly [keyof Rank, string])[];

const busy = ({ data, compute }: Rank) => data + compute;

function energyOf({ joules: told }: Rank): string {
  return told === undefined ? '–' : joules((told.cpu ?? 0) + (told.gpu ?? 0));
}

function Bar({ rank, longest }: { readonly rank: Rank; readonly longest: number }) {
  return (
    <span className={styles.bar} aria-hidden>
      {parts.map(([part]) => (
        <span key={part} data-part={part} style={{ width: `${(100 * rank[part]) / longest}%` }} />
      ))}
    </span>
  );
}

/** What the colours of the bars stand for. */
function Key() {
  return (
    <p className={styles.key} aria-hidden>
      {parts.map(([part, name]) => (
        <span key={part} data-part={part}>
          {name}
        </span>
      ))}
    </p>
  );
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
