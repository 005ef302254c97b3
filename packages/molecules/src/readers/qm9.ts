import { InputError } from '@litmatter/protocol';
import { SetBuilder } from '../builder.ts';
import type { MoleculeSet } from '../set.ts';
import { eachCsvRow } from './csv.ts';
import { decimalOf, wholeAt } from './number.ts';
import { parseSdf } from './sdf.ts';
import { readText, type Source } from './source.ts';

/** The three official files, under whatever names they stand. */
export interface Qm9Files {
  /** gdb9.sdf: geometries and bonds. */
  readonly sdf: Source;
  /** gdb9.sdf.csv: properties, a row for each record of the SDF, in its order. */
  readonly csv: Source;
  /** uncharacterized.txt: the molecules to leave out. */
  readonly uncharacterised: Source;
}

/** Columns of gdb9.sdf.csv, with the name each gets here (U0, U, H, G where the file has u0, u298, h298, g298). */
const columns = [
  ['A', 'A'],
  ['B', 'B'],
  ['C', 'C'],
  ['mu', 'mu'],
  ['alpha', 'alpha'],
  ['homo', 'homo'],
  ['lumo', 'lumo'],
  ['gap', 'gap'],
  ['r2', 'r2'],
  ['zpve', 'zpve'],
  ['u0', 'U0'],
  ['u298', 'U'],
  ['h298', 'H'],
  ['g298', 'G'],
  ['cv', 'Cv'],
  ['u0_atom', 'U0_atom'],
  ['u298_atom', 'U_atom'],
  ['h298_atom', 'H_atom'],
  ['g298_atom', 'G_atom'],
] as const;

const hartree = { unit: 'eV', factor: 27.211386246 };
const kcalPerMole = { unit: 'eV', factor: 0.04336414 };

const conversions: Readonly<Record<string, { readonly unit: string; readonly factor: number }>> = {
  mu: { unit: 'D', factor: 1 },
  alpha: { unit: 'a0^3', factor: 1 },
  homo: hartree,
  lumo: hartree,
  gap: hartree,
  r2: { unit: 'a0^2', factor: 1 },
  zpve: hartree,
  U0: hartree,
  U: hartree,
  H: hartree,
  G: hartree,
  Cv: { unit: 'cal/(mol K)', factor: 1 },
  U0_atom: kcalPerMole,
  U_atom: kcalPerMole,
  H_atom: kcalPerMole,
  G_atom: kcalPerMole,
  A: { unit: 'GHz', factor: 1 },
  B: { unit: 'GHz', factor: 1 },
  C: { unit: 'GHz', factor: 1 },
};

/** The 19 targets in PyTorch Geometric's order: the file's columns, with A, B and C moved to the end. */
export const qm9Targets: readonly { readonly name: string; readonly unit: string }[] = Object.entries(
  conversions,
).map(([name, { unit }]) => ({ name, unit }));

interface Qm9Table {
  /** mol_id of each row. */
  readonly ids: readonly string[];
  /** [rows, 19] in the order of `qm9Targets`, converted. */
  readonly values: Float32Array;
}

/** Read gdb9.sdf.csv. Every value is rounded to float32, then multiplied by its factor in float32, as PyG does. */
function readTable(name: string, text: string): Qm9Table {
  const ids: string[] = [];
  const width = qm9Targets.length;
  let values = new Float32Array(1024 * width);
  const place = columns.map(([, target]) => qm9Targets.findIndex((t) => t.name === target));
  const factor = columns.map(([, target]) => Math.fround(conversions[target].factor));
  eachCsvRow(
    name,
    text,
    (header) => {
      const wanted = ['mol_id', ...columns.map(([column]) => column)];
      const odd = wanted.findIndex((column, k) => header[k] !== column);
      if (odd >= 0 || header.length !== wanted.length) {
        throw new InputError(
          `${name}, line 1: the columns must be ${wanted.join(',')}; ` +
            `column ${odd >= 0 ? odd + 1 : wanted.length + 1} is "${header[odd >= 0 ? odd : wanted.length] ?? ''}". ` +
            'Give the official gdb9.sdf.csv.',
        );
      }
    },
    (fields, line) => {
      const at = ids.length * width;
      if (at + width > values.length) {
        const bigger = new Float32Array(2 * values.length);
        bigger.set(values);
        values = bigger;
      }
      for (let k = 0; k < width; k++) {
        const value = decimalOf(fields[k + 1]);
        if (Number.isNaN(value)) {
          throw new InputError(
            `${name}, line ${line} ("${fields[0]}"): ${columns[k][0]} is "${fields[k + 1]}", not a number. ` +
              'Correct the line, or get the file again.',
          );
        }
        values[at + place[k]] = Math.fround(value) * factor[k];
      }
      ids.push(fields[0].trim());
    },
  );
  return { ids, values };
}

/**
 * The numbers (from 1) of the molecules to leave out: PyG takes lines 10 to the last but one, the first column.
 * The line after them is a ruler of "=", which shows that the file is whole.
 */
export function readUncharacterised(name: string, text: string): Set<number> {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const end = lines.length - 2;
  if (end < 9 || !/^=+$/.test(lines[end]) || lines[end + 1] !== '') {
    throw new InputError(
      `${name}: the list of uncharacterised molecules must start after nine lines of heading and end with a ruler ` +
        'of "=". It was cut short or is another file: get uncharacterized.txt again.',
    );
  }
  const numbers = new Set<number>();
  for (let k = 9; k < end; k++) {
    const token = lines[k].trim().split(/\s+/)[0];
    const number = wholeAt(token, 0, token.length);
    if (number < 1) {
      throw new InputError(
        `${name}, line ${k + 1}: the line must start with a molecule's number; it reads "${lines[k].slice(0, 60)}". ` +
          'Get the file again.',
      );
    }
    numbers.add(number);
  }
  return numbers;
}

/** The number k of "gdb_k". */
function gdbNumber(id: string, where: string): number {
  const number = id.startsWith('gdb_') ? wholeAt(id, 4, id.length) : -1;
  if (number >= 1) return number;
  throw new InputError(
    `${where}: the molecule's name must be "gdb_" and a number; it is "${id}". Get the official files.`,
  );
}

/**
 * QM9 from its official files, exactly as PyTorch Geometric reads them: positions in float32 angstrom, Kekule bonds as
 * they are written, 19 targets converted in float32, uncharacterised molecules left out, `sourceIndex` the molecule's
 * number in the full set, from 0 (PyG's `idx`). 130,831 molecules of the full files' 133,885; parts of the files, cut
 * at whole records, are read alike.
 *
 * @throws InputError naming file, line or record and the mend; nothing of a bad file is returned
 */
export async function readQm9(files: Qm9Files): Promise<MoleculeSet> {
  const left = readUncharacterised(files.uncharacterised.name, await readText(files.uncharacterised));
  const table = readTable(files.csv.name, await readText(files.csv));
  const builder = new SetBuilder({ geometry: true, targets: qm9Targets });
  const width = qm9Targets.length;
  const pairUp = (record: number, title: string): number => {
    const where = `${files.sdf.name}, record ${record + 1}`;
    if (record >= table.ids.length) {
      throw new InputError(
        `${where}: ${files.csv.name} ends after ${table.ids.length} molecules. It was cut short: get it again.`,
      );
    }
    if (table.ids[record] !== title) {
      throw new InputError(
        `${where} is "${title}" where ${files.csv.name} has "${table.ids[record]}". ` +
          'The two files do not belong together: get both from one source.',
      );
    }
    return gdbNumber(title, where);
  };
  const records = await parseSdf(files.sdf, {
    builder,
    wants: (record, title) => !left.has(pairUp(record, title)),
    indexOf: (record, title) => pairUp(record, title) - 1,
    complete(record) {
      for (let t = 0; t < width; t++) builder.target(t, table.values[record * width + t]);
    },
  });
  if (records < table.ids.length) {
    throw new InputError(
      `${files.sdf.name} ends after ${records} molecules where ${files.csv.name} has ${table.ids.length}. ` +
        'It was cut short: get it again.',
    );
  }
  if (builder.size === 0) throw new InputError(`${files.sdf.name} holds no molecules. Choose another file.`);
  return builder.build();
}
