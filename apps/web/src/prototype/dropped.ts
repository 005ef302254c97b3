import {
  loadConformerMaker,
  type Molecule,
  type MoleculeSet,
  moleculeAt,
  moleculeSet,
  readCollection,
  readSmilesTexts,
  sourceOf,
} from '@litmatter/molecules';
import { type DatasetCard, InputError } from '@litmatter/protocol';
import { breathe } from './yield.ts';

/** The data set that dropped files make. */
export const droppedName = 'dropped';

/** Files a person has dropped, read. */
export interface Dropped {
  readonly files: readonly File[];
  readonly set: MoleculeSet;
  /** The SMILES of each molecule, where the files have SMILES and no positions. */
  readonly smiles: readonly string[] | null;
  /** Its targets are none where the files have no number to learn: such molecules are there to be predicted. */
  readonly card: DatasetCard;
  readonly notes: readonly string[];
}

let last: Dropped | undefined;

/** Read files; those read last are remembered. @throws InputError for what cannot be read */
export async function readDropped(files: readonly File[]): Promise<Dropped> {
  if (last && same(last.files, files)) return last;
  const sources = files.map((file) => sourceOf(file.name, file));
  const { set, notes } = await readCollection(sources);
  const names = files.map(({ name }) => name).join(', ');
  const targets = Object.entries(set.targets);
  const card: DatasetCard = {
    name: droppedName,
    title: names,
    description: 'Read in this browser; the files stay here.',
    licence: 'Yours',
    source: names,
    molecules: set.size,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    available: true,
    mend: null,
    targets: targets.map(([name, { unit }]) => ({ name, title: name, unit, description: '' })),
    defaultTarget: targets[0]?.[0] ?? '',
  };
  last = { files, set, smiles: set.positions ? null : await smilesOf(sources, set), card, notes };
  return last;
}

/** Files cross to a worker as copies: the same file is another object there. */
function same(one: readonly File[], other: readonly File[]): boolean {
  const facts = (files: readonly File[]) =>
    files.map(({ name, size, lastModified }) => `${name} ${size} ${lastModified}`).join('\n');
  return facts(one) === facts(other);
}

/** The SMILES behind a set's molecules; null where they are of several files, or of none. */
async function smilesOf(sources: readonly ReturnType<typeof sourceOf>[], set: MoleculeSet) {
  const found = await Promise.all(sources.map(readSmilesTexts));
  const [texts, ...more] = found.filter((one) => one !== null);
  if (!texts || more.length > 0) return null;
  return Array.from(set.sourceIndex, (row) => texts[row] ?? '');
}

/** Progress of something long: what it is, the share that is done, and what is left of it. */
export type Say = (words: string, done: number | null) => void;

export interface Conformers {
  readonly set: MoleculeSet;
  /** Places in what was asked for of the molecules that have no conformer; they are left out. */
  readonly missing: readonly number[];
  readonly notes: readonly string[];
}

/**
 * The chosen molecules in space, made from their SMILES one by one, letting messages through in between.
 *
 * @throws InputError where none of them has a conformer; an error named AbortError where `shouldStop` says so
 */
export async function inSpace(
  { set, smiles, card }: Dropped,
  chosen: readonly number[],
  say: Say,
  shouldStop: () => boolean = () => false,
): Promise<Conformers> {
  if (!smiles) throw new InputError(withoutPositions(card.title));
  say('Loading OpenChemLib, which makes conformers', null);
  const make = await loadConformerMaker();
  const begun = performance.now();
  const molecules: Molecule[] = [];
  const missing: number[] = [];
  let reason = '';
  let told = 0;
  for (const [k, m] of chosen.entries()) {
    const conformer = make(smiles[m]!);
    if (typeof conformer === 'string') {
      missing.push(k);
      reason ||= `“${smiles[m]!.slice(0, 60)}” ${conformer}`;
    } else {
      const { id, targets = {} } = moleculeAt(set, m);
      molecules.push({ id, targets, ...conformer });
    }
    const now = performance.now();
    if (now > told + 100) {
      told = now;
      const done = (k + 1) / chosen.length;
      const left = ((now - begun) / 1e3) * (1 / done - 1);
      say(
        `Making conformers: ${k + 1} of ${chosen.length}, ${left < 1.5 ? 'a second' : `${Math.round(left)} s`} left`,
        done,
      );
      await breathe(0, () => {});
      if (shouldStop()) throw new DOMException('Cancelled.', 'AbortError');
    }
  }
  if (molecules.length === 0) throw new InputError(`${card.title}: ${reason}. Correct the file.`);
  const units = Object.fromEntries(Object.entries(set.targets).map(([name, { unit }]) => [name, unit]));
  const count = missing.length === 1 ? '1 molecule is' : `${missing.length} molecules are`;
  const notes = missing.length > 0 ? [`${count} left out: ${reason}.`] : [];
  return { set: moleculeSet(molecules, units), missing, notes };
}

function withoutPositions(title: string): string {
  return (
    `${title}: these molecules have no positions, and the model works with the distances between atoms. Drop one file ` +
    'of SMILES at a time, so that conformers can be made of it, or choose PNA, which needs bonds alone.'
  );
}
