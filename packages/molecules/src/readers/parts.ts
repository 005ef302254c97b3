import { type SplitPart, splitParts } from '../split.ts';
import type { Table } from './table.ts';

const words: Readonly<Record<string, SplitPart>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
};

/** The part of a split a word means; undefined where it means none. */
export function partOf(word: string): SplitPart | undefined {
  const lower = word.trim().toLowerCase();
  return Object.hasOwn(words, lower) ? words[lower] : undefined;
}

/** The part a file's name speaks of ("train.jsonl", "zinc12k_val_1000.csv"); undefined for none or more than one. */
export function partOfFile(name: string): SplitPart | undefined {
  const parts = name.split(/[^A-Za-z]+/).flatMap((word) => partOf(word) ?? []);
  return new Set(parts).size === 1 ? parts[0] : undefined;
}

/** A part as a set's `parts` hold it. */
export function partCode(part: SplitPart | undefined): number {
  return part === undefined ? 0 : splitParts.indexOf(part) + 1;
}

/** The column that says each row's part: one whose name ends in "split" and whose every field names a part; or -1. */
export function splitColumn(table: Table): number {
  return table.header.findIndex(
    (name, c) => /(^|[_ ])split$/i.test(name) && table.rows.every((row) => partOf(row[c]) !== undefined),
  );
}
