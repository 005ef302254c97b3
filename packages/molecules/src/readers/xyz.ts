import { InputError } from '@litmatter/protocol';
import { SetBuilder } from '../builder.ts';
import { atomicNumberOf, maxAtomicNumber } from '../elements.ts';
import type { MoleculeSet } from '../set.ts';
import { decimalOf, wholeAt } from './number.ts';
import { eachLine, type Source } from './source.ts';
import { numberFields, type TargetField } from './table.ts';

/** Keys of an extended XYZ comment line: key=value, key="a value", key={a value}, or a bare key (true: "T"). */
export function commentKeys(comment: string): Map<string, string> {
  const keys = new Map<string, string>();
  const pattern = /([^\s="'{}]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|\{([^}]*)\}|([^\s"'{}]+)))?/g;
  for (const [, key, double, single, braces, bare] of comment.matchAll(pattern)) {
    keys.set(key, double ?? single ?? braces ?? bare ?? 'T');
  }
  return keys;
}

/** Which columns of an atom line hold the element and the position. */
interface Columns {
  readonly species: number;
  readonly position: number;
  readonly width: number;
}

const plainColumns: Columns = { species: 0, position: 1, width: 4 };

/** Columns as `Properties=species:S:1:pos:R:3:...` lays them out; undefined where it cannot be understood. */
function columnsOf(properties: string | undefined): Columns | undefined {
  if (properties === undefined) return plainColumns;
  const parts = properties.split(':');
  if (parts.length % 3 !== 0) return undefined;
  let at = 0;
  let species = -1;
  let number = -1;
  let position = -1;
  for (let k = 0; k < parts.length; k += 3) {
    const name = parts[k].toLowerCase();
    const count = wholeAt(parts[k + 2], 0, 9);
    if (count < 1) return undefined;
    if (name === 'species' && count === 1) species = at;
    if (name === 'z' && count === 1) number = at;
    if (name === 'pos' && count === 3) position = at;
    at += count;
  }
  const element = species >= 0 ? species : number;
  if (element < 0 || position < 0) return undefined;
  return { species: element, position, width: at };
}

function elementOf(token: string): number {
  const number = wholeAt(token, 0, token.length);
  if (number < 0) return atomicNumberOf(token);
  return number <= maxAtomicNumber ? number : 0;
}

function isPeriodic(keys: ReadonlyMap<string, string>): boolean {
  const pbc = keys.get('pbc');
  if (pbc !== undefined) return /[tT1]/.test(pbc);
  return keys.has('Lattice');
}

/** Keys that say something else than a property of the molecule. */
const otherKeys = new Set(['Properties', 'Lattice', 'pbc', 'name', 'id']);

/** The numbers in the comment line of the first frame, as targets. @throws InputError where it cannot be read */
export async function findXyzTargets(source: Source): Promise<TargetField[]> {
  let comment: string | undefined;
  let counted = false;
  await eachLine(source, (text) => {
    if (counted) comment = text;
    counted ||= text.trim() !== '';
    return comment === undefined;
  });
  // A plain XYZ comment is free text, where only key=value says anything.
  const keys = [...commentKeys(comment ?? '')].filter(([key]) => !otherKeys.has(key));
  return numberFields(new Map(keys));
}

export interface XyzOptions {
  /** Keys of the comment line that become targets; every frame must have them. */
  readonly targets?: readonly TargetField[];
}

/**
 * Read XYZ and extended XYZ, gzipped or not, frame after frame, as a stream. Positions in angstrom; no bonds.
 * A frame's name is its comment's `name` or `id` key, or else its number.
 *
 * @throws InputError naming file, line, frame and the mend; periodic frames are refused: these models are of molecules
 */
export async function readXyz(source: Source, options: XyzOptions = {}): Promise<MoleculeSet> {
  const targets = options.targets ?? [];
  const builder = new SetBuilder({ geometry: true, targets });
  let left = -1;
  let columns: Columns | undefined;
  let frame = 0;
  let lastLine = 0;
  const where = (line: number) => `${source.name}, line ${line} (frame ${frame + 1})`;
  const fail = (line: number, what: string): never => {
    throw new InputError(`${where(line)}: ${what} Correct the line, or remove the frame.`);
  };

  const begin = (comment: string, line: number): void => {
    const keys = commentKeys(comment);
    columns = columnsOf(keys.get('Properties'));
    if (!columns) {
      fail(line, `Properties must name species (or Z) and pos; it reads "${keys.get('Properties')}".`);
    }
    // A plain XYZ comment is free text: only one with Properties is held to the extended format.
    if (keys.has('Properties') && isPeriodic(keys)) {
      fail(line, 'the frame is periodic, and only molecules can be read: set pbc="F F F" if it is one.');
    }
    builder.begin(keys.get('name') ?? keys.get('id') ?? String(frame + 1), frame);
    for (const [t, { name, field = name }] of targets.entries()) {
      const text = keys.get(field);
      if (text === undefined) fail(line, `the comment has no ${field}=...`);
      const value = decimalOf(text as string);
      if (Number.isNaN(value)) fail(line, `${field} is "${text}", not a number.`);
      builder.target(t, value);
    }
  };

  const atom = (text: string, line: number): void => {
    const { species, position, width } = columns as Columns;
    const tokens = text.trim().split(/\s+/);
    if (tokens.length < width) {
      fail(line, `an atom line must have ${width} columns; it reads "${text.slice(0, 80)}".`);
    }
    const number = elementOf(tokens[species]);
    if (number === 0) fail(line, `"${tokens[species].slice(0, 20)}" is no element.`);
    const [x, y, z] = tokens.slice(position, position + 3).map(decimalOf);
    if (!(Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(z))) {
      fail(
        line,
        `the position must be three numbers; it reads "${tokens.slice(position, position + 3).join(' ')}".`,
      );
    }
    builder.atom(number, x, y, z);
  };

  let expectComment = false;
  await eachLine(source, (text, line) => {
    lastLine = line;
    if (expectComment) {
      begin(text, line);
      expectComment = false;
    } else if (left > 0) {
      atom(text, line);
      if (--left === 0) {
        builder.end(where(line));
        frame++;
        left = -1;
      }
    } else if (text.trim() !== '') {
      left = wholeAt(text.trim(), 0, 10);
      if (left < 1)
        fail(line, `a frame must start with its number of atoms; it reads "${text.slice(0, 80)}".`);
      expectComment = true;
    }
  });
  if (expectComment || left > 0) {
    throw new InputError(
      `${where(lastLine)}: the file ends in the middle of this frame. It was cut short: get it again.`,
    );
  }
  if (frame === 0) throw new InputError(`${source.name} holds no molecules. Choose another file.`);
  return builder.build();
}
