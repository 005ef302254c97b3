import { elementSymbols } from '@litmatter/molecules';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { lazy, Suspense, useMemo } from 'react';
import { fromHub } from '../../app/code.ts';
import { Fact, Facts } from '../../parts/Facts.tsx';
import { IconButton } from '../../parts/IconButton.tsx';
import { Panel } from '../../parts/Panel.tsx';
import type { LookBy, Preview, ShownMolecule } from '../../prototype/messages.ts';
import { integer, significant } from '../../words/format.ts';
import { contributionColour, relative } from './palette.ts';
import styles from './Results.module.css';
import type { DrawnMolecule } from './scene.ts';
import type { Prototyping } from './usePrototype.ts';

const Viewer = lazy(fromHub(() => import('./Viewer.tsx').then((module) => ({ default: module.Viewer }))));

interface MoleculePanelProps {
  readonly page: Prototyping;
  readonly molecule: ShownMolecule;
  readonly unit: string;
}

/** One molecule of the validation part: its shape, what the model says of it, and what each atom adds. */
export function MoleculePanel({ page, molecule, unit }: MoleculePanelProps) {
  const { search, change } = page;
  const { truth, predicted, rank, of, place, id, contributions } = molecule;
  const own = molecule.from === 'own';
  const byWorst = search.by === 'worst' && !own;
  const at = byWorst ? (search.molecule ?? 0) % of : place;
  const kind = own ? 'own' : byWorst ? 'worst' : 'place';
  const painted = search.colour === 'contributions' && contributions !== null;
  const labelled = search.labels !== 'off';
  // Scores come again and again; the drawing is new only where it would look another.
  const look = `${molecule.from} ${place} ${id} ${painted ? contributions.map((part) => significant(part, 2)) : ''} ${labelled}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` says all that is drawn
  const drawn = useMemo(() => drawing(molecule, painted, labelled), [look]);
  const go = (by: LookBy, to: number) =>
    change({ by: by === 'place' ? undefined : by, molecule: ((to % of) + of) % of || undefined });
  return (
    <Panel
      title="Molecule"
      tools={
        <span className={styles.molButtons}>
          <IconButton label="Previous molecule" press={() => go(kind, at - 1)}>
            <IconChevronLeft size={16} />
          </IconButton>
          <IconButton label="Next molecule" press={() => go(kind, at + 1)}>
            <IconChevronRight size={16} />
          </IconButton>
          <button
            type="button"
            className={styles.toggle}
            aria-pressed={byWorst}
            onClick={() =>
              own
                ? change({ by: undefined, molecule: undefined })
                : go(byWorst ? 'place' : 'worst', byWorst ? place : 0)
            }
          >
            {own ? 'Back to validation' : 'Worst first'}
          </button>
        </span>
      }
    >
      <div className={styles.stage}>
        {drawn ? (
          <Suspense fallback={<p className={styles.noViewer}>Loading the viewer …</p>}>
            <Viewer
              id={`${molecule.from} ${id} ${place}`}
              molecule={drawn}
              words={`${id}: ${formula(molecule.atomicNumbers)}, predicted ${significant(predicted)} ${unit}${truth === null ? '' : `, true ${significant(truth)} ${unit}`}`}
            />
          </Suspense>
        ) : (
          <p className={styles.noViewer}>This molecule has no positions to draw.</p>
        )}
      </div>
      <p className={styles.molName}>
        <b>{id || `Molecule ${place + 1}`}</b> {formula(molecule.atomicNumbers)}
        <span>
          {integer(at + 1)} of {integer(of)}
          {own ? ', predicted' : byWorst ? ', worst first' : rank ? `, error no. ${integer(rank)}` : ''}
        </span>
      </p>
      <Facts>
        <Fact label="Predicted" value={`${significant(predicted)} ${unit}`} />
        {truth !== null && (
          <>
            <Fact label="True" value={`${significant(truth)} ${unit}`} />
            <Fact label="Error" value={`${significant(predicted - truth, 2)} ${unit}`} />
          </>
        )}
      </Facts>
      <div className={styles.viewOptions}>
        <label>
          <input
            type="checkbox"
            checked={labelled}
            onChange={(event) => change({ labels: event.currentTarget.checked ? undefined : 'off' })}
          />
          Labels
        </label>
        {contributions ? (
          <label>
            <input
              type="checkbox"
              checked={painted}
              onChange={(event) =>
                change({ colour: event.currentTarget.checked ? 'contributions' : undefined })
              }
            />
            What each atom adds, {unit}
          </label>
        ) : (
          <span>
            This model reads the whole molecule before it predicts, so no part of its number belongs to an
            atom: there is nothing to paint.
          </span>
        )}
        {painted && contributions && (
          <span className={styles.scale}>
            {significant(Math.min(...contributions), 2)}
            <i />
            {significant(Math.max(...contributions), 2)}
          </span>
        )}
      </div>
    </Panel>
  );
}

/** The molecule that will be shown first, before anything is trained. */
export function PreviewMolecule({ preview }: { readonly preview: Preview }) {
  const { id, atomicNumbers, positions, bonds } = preview;
  const labels = useMemo(() => atomicNumbers.map((z) => elementSymbols[z] ?? '?'), [atomicNumbers]);
  const drawn = useMemo(
    () => positions && { atomicNumbers, positions, bonds, labels },
    [atomicNumbers, positions, bonds, labels],
  );
  if (!drawn) return null;
  return (
    <figure className={styles.preview}>
      <div className={styles.stage}>
        <Suspense fallback={null}>
          <Viewer id={`preview ${id}`} molecule={drawn} words={`${id}: ${formula(atomicNumbers)}`} />
        </Suspense>
      </div>
      <figcaption className={styles.molName}>
        <b>{id}</b> {formula(atomicNumbers)}
      </figcaption>
    </figure>
  );
}

function drawing(
  { atomicNumbers, positions, bonds, contributions }: ShownMolecule,
  painted: boolean,
  labelled: boolean,
): DrawnMolecule | undefined {
  if (!positions) return undefined;
  const parts = painted ? contributions : null;
  return {
    atomicNumbers,
    positions,
    bonds,
    ...(parts && { colours: relative(parts).map(contributionColour) }),
    ...(labelled && {
      labels: atomicNumbers.map((z, a) => (parts ? significant(parts[a]!, 2) : (elementSymbols[z] ?? '?'))),
    }),
  };
}

const subscripts = '₀₁₂₃₄₅₆₇₈₉';

/** C first, then H, then the others by their symbols: Hill's order. */
export function formula(atomicNumbers: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const z of atomicNumbers) {
    const symbol = elementSymbols[z] ?? '?';
    counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  }
  const first = counts.has('C') ? ['C', 'H'] : [];
  const order = [
    ...first.filter((one) => counts.has(one)),
    ...[...counts.keys()].filter((one) => !first.includes(one)).sort(),
  ];
  return order
    .map((symbol) => {
      const count = counts.get(symbol) ?? 0;
      return (
        symbol + (count > 1 ? [...String(count)].map((digit) => subscripts[Number(digit)]).join('') : '')
      );
    })
    .join('');
}
