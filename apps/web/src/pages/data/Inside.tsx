import { type MoleculeSet, moleculeAt } from '@litmatter/molecules';
import type { DatasetCard } from '@litmatter/protocol';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { fromHub } from '../../app/code.ts';
import { IconButton } from '../../parts/IconButton.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Powers } from '../../parts/Powers.tsx';
import { Table } from '../../parts/Table.tsx';
import { TextButton } from '../../parts/TextButton.tsx';
import { integer, significant } from '../../words/format.ts';
import { formula } from '../prototype/MoleculePanel.tsx';
import styles from './Data.module.css';
import { Histogram } from './Histogram.tsx';
import { looked, sampleQuery } from './sample.ts';
import type { DataSearch } from './search.ts';
import { type Column, columnOf } from './statistics.ts';

const Viewer = lazy(
  fromHub(() => import('../prototype/Viewer.tsx').then((module) => ({ default: module.Viewer }))),
);

interface InsideProps {
  readonly card: DatasetCard;
  readonly search: DataSearch;
  readonly change: (part: Partial<DataSearch>) => void;
}

/** What is in a data set: its targets' spread, and its molecules one by one. */
export function Inside({ card, search, change }: InsideProps) {
  const { data: set, error, refetch } = useQuery(sampleQuery(card.name));
  if (error && !set) {
    return (
      <p role="alert" className={styles.bad}>
        {error.message} <TextButton onClick={() => void refetch()}>Try again</TextButton>
      </p>
    );
  }
  if (!set) {
    return (
      <p className={styles.quiet} role="status">
        The hub reads {card.title} …
      </p>
    );
  }
  return (
    <div className={styles.inside}>
      <Targets card={card} set={set} />
      <Molecules card={card} set={set} search={search} change={change} />
    </div>
  );
}

const columnHeads = [
  'Target',
  'Unit',
  'Spread',
  { label: 'Mean ± deviation', end: true },
  { label: 'Least', end: true },
  { label: 'Most', end: true },
];

function Targets({ card, set }: { readonly card: DatasetCard; readonly set: MoleculeSet }) {
  const columns = useMemo(
    () => new Map(Object.entries(set.targets).map(([name, { values }]) => [name, columnOf(values)])),
    [set],
  );
  const all = card.molecules === null || set.size >= card.molecules;
  return (
    <Panel title={`Targets of ${card.title}`} flush>
      <Table label="Targets" columns={columnHeads} className={styles.table}>
        <tbody>
          {card.targets.map((target) => (
            <TargetRow
              key={target.name}
              name={target.name}
              title={target.title}
              unit={target.unit}
              standard={target.name === card.defaultTarget}
              column={columns.get(target.name)}
            />
          ))}
        </tbody>
      </Table>
      <p className={styles.foot}>
        {all
          ? `Of all ${integer(set.size)} molecules.`
          : `Of ${integer(set.size)} of ${integer(card.molecules!)} molecules, drawn at random; litmatter dataset info ${card.name} counts all.`}
      </p>
    </Panel>
  );
}

interface TargetRowProps {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly standard: boolean;
  readonly column: Column | undefined;
}

function TargetRow({ name, title, unit, standard, column }: TargetRowProps) {
  return (
    <tr>
      <th scope="row">
        {title} <code>{name}</code>
        {standard && <span className={styles.note}>trained on where none is chosen</span>}
      </th>
      <td>
        <Powers>{unit}</Powers>
      </td>
      <td>{column && <Histogram column={column} unit={unit} />}</td>
      <td data-end>
        {column ? `${significant(column.mean, 4)} ± ${significant(column.deviation)}` : 'not told'}
      </td>
      <td data-end>{column && significant(column.least, 4)}</td>
      <td data-end>{column && significant(column.most, 4)}</td>
    </tr>
  );
}

function Molecules({ card, set, search, change }: InsideProps & { readonly set: MoleculeSet }) {
  const at = (search.molecule ?? 0) % set.size;
  const molecule = useMemo(() => moleculeAt(set, at), [set, at]);
  const go = (to: number) => change({ molecule: (to + set.size) % set.size || undefined });
  const { id, atomicNumbers, positions, bonds = [], targets = {} } = molecule;
  const drawn = useMemo(
    () =>
      positions && {
        atomicNumbers,
        positions: positions as readonly (readonly [number, number, number])[],
        bonds: bonds as readonly (readonly [number, number, number])[],
      },
    [atomicNumbers, positions, bonds],
  );
  const standard = card.targets.find(({ name }) => name === card.defaultTarget);
  const value = targets[card.defaultTarget];
  return (
    <Panel
      title={set.size < looked ? 'Molecules' : `${integer(set.size)} of its molecules`}
      tools={
        <>
          <IconButton label="Previous molecule" press={() => go(at - 1)}>
            <IconChevronLeft size={16} />
          </IconButton>
          <IconButton label="Next molecule" press={() => go(at + 1)}>
            <IconChevronRight size={16} />
          </IconButton>
        </>
      }
    >
      <div className={styles.stage}>
        {drawn ? (
          <Suspense fallback={<p className={styles.quiet}>Loading the viewer …</p>}>
            <Viewer id={`${card.name} ${at}`} molecule={drawn} words={`${id}: ${formula(atomicNumbers)}`} />
          </Suspense>
        ) : (
          <p className={styles.quiet}>This data set has no positions: its molecules are graphs of bonds.</p>
        )}
      </div>
      <p className={styles.molecule}>
        <b>{id || `Molecule ${at + 1}`}</b> {formula(atomicNumbers)}
        <span>
          {integer(at + 1)} of {integer(set.size)}
        </span>
        {standard && value !== undefined && (
          <span>
            {standard.title}: {significant(value, 4)} {standard.unit}
          </span>
        )}
      </p>
    </Panel>
  );
}
