import { describe, expect, it } from 'vitest';
import { readTable, sourceOf, splitParts } from '../../src/index.ts';
import { partCode, partOf, partOfFile, splitColumn } from '../../src/readers/parts.ts';

describe('the part of a split', () => {
  it('is told by the words people use for it', () => {
    expect(['train', 'Training', ' val', 'valid', 'DEV', 'testing'].map(partOf)).toEqual([
      'train',
      'train',
      'validation',
      'validation',
      'validation',
      'test',
    ]);
    expect(['', 'all', 'constructor', 'contest'].map(partOf)).toEqual(Array(4).fill(undefined));
  });

  it.each([
    ['train.jsonl', 'train'],
    ['zinc12k_val_1000.csv.gz', 'validation'],
    ['bgnn_zinc12k_test.index', 'test'],
    ['contest.csv', undefined],
    ['train_test_split.csv', undefined],
  ])('of %s is %s', (name, part) => {
    expect(partOfFile(name)).toBe(part);
  });

  it('has a code of its own, and 0 is none', () => {
    expect(splitParts.map(partCode)).toEqual([1, 2, 3]);
    expect(partCode(undefined)).toBe(0);
  });

  it('is a column where every field of it is one', async () => {
    const column = async (text: string) => splitColumn(await readTable(sourceOf('t.csv', text)));
    expect(await column('a,jtnn_split\n1,test\n2,valid\n')).toBe(1);
    expect(await column('a,split\n1,test\n2,other\n')).toBe(-1);
    expect(await column('a,splitting\n1,test\n')).toBe(-1);
  });
});
