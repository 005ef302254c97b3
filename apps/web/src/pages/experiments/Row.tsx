import type { ExperimentSummary } from '@litmatter/protocol';
import { IconArchive, IconArchiveOff, IconCopy } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import { IconButton } from '../../parts/IconButton.tsx';
import { Meter } from '../../parts/Meter.tsx';
import { StateMark } from '../../parts/StateMark.tsx';
import { None } from '../../parts/Table.tsx';
import { Tick } from '../../parts/Tick.tsx';
import { fetchExperiment } from '../../state/experiment-data.ts';
import { ago, counted, dateTime, inColumn, integer } from '../../words/format.ts';
import { searchOfSpec } from '../design/from-spec.ts';
import { archive } from './changes.ts';
import styles from './Experiments.module.css';
import { devicesWords } from './words.ts';

interface RowProps {
  readonly index: number;
  readonly row: ExperimentSummary;
  readonly now: number;
  readonly ticked: boolean;
  readonly tick: (on: boolean) => void;
  /** Pixels. */
  readonly height: number;
}

/** `tick` is left out of the comparison: it does the same however often it is made anew. */
export const Row = memo(
  function Row({ index, row, now, ticked, tick, height }: RowProps) {
    return (
      <tr
        className={styles.row}
        aria-rowindex={index + 2}
        style={{ height }}
        data-ticked={ticked || undefined}
        data-archived={row.archived || undefined}
      >
        <td className={styles.tick}>
          <Tick label={`Select ${row.name}`} on={ticked} change={tick} />
        </td>
        <th scope="row" data-column="Experiment" className={styles.what}>
          <Link to="/experiments/$id" params={{ id: row.id }} className={styles.title} title={row.name}>
            {row.name}
          </Link>
          <span className={styles.sub}>
            {row.models.join(', ')} · {row.dataset}
            {row.archived && ' · archived'}
          </span>
        </th>
        <td data-column="State">
          <StateMark state={row.state} />
          {row.runsFailed > 0 && (
            <span className={styles.failed}>{counted(row.runsFailed, 'run')} failed</span>
          )}
        </td>
        <td data-column="Devices" className={styles.devices} title={row.devices.join(', ')}>
          {devicesWords(row.devices)}
        </td>
        <td data-column="Epochs" className={styles.progress}>
          <span className={styles.count}>
            {integer(row.epochsDone)} <span className={styles.of}>of {integer(row.epochs)}</span>
          </span>
          <Meter
            label={`Epochs of ${row.name}`}
            done={row.epochsDone}
            of={row.epochs}
            tone={row.state === 'failed' ? 'bad' : row.state === 'running' ? 'accent' : 'quiet'}
          />
        </td>
        <td data-column="Best MAE" data-align="end">
          {row.bestValidationMae === null ? (
            <None />
          ) : (
            <>
              {inColumn(row.bestValidationMae)}
              {row.targetUnit && <span className={styles.of}> {row.targetUnit}</span>}
            </>
          )}
        </td>
        <td data-column="Created" data-align="end" title={dateTime(row.createdAt)} className={styles.when}>
          {ago(row.createdAt, now)}
        </td>
        <td data-column="Actions">
          <RowActions row={row} />
        </td>
      </tr>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.ticked === b.ticked &&
    a.index === b.index &&
    a.height === b.height &&
    ago(a.row.createdAt, a.now) === ago(b.row.createdAt, b.now),
);

function RowActions({ row }: { readonly row: ExperimentSummary }) {
  const navigate = useNavigate();
  const duplicate = async () => {
    const { spec } = await fetchExperiment(row.id);
    await navigate({ to: '/design', search: searchOfSpec(spec, `${spec.name} (copy)`) });
  };
  const archiveWords = row.archived ? 'Bring back from the archive' : 'Archive';
  return (
    <span className={styles.actions}>
      <IconButton
        label={`Duplicate ${row.name} in Design`}
        title="Duplicate in Design"
        press={() => void duplicate()}
      >
        <IconCopy size={16} stroke={1.6} />
      </IconButton>
      <IconButton
        label={`${archiveWords}: ${row.name}`}
        title={archiveWords}
        press={() => void archive([row.id], !row.archived)}
      >
        {row.archived ? <IconArchiveOff size={16} stroke={1.6} /> : <IconArchive size={16} stroke={1.6} />}
      </IconButton>
    </span>
  );
}
