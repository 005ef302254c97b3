import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importFileName, importRequest, maxImportBytes } from '../src/import.ts';

describe('the name of an imported file', () => {
  it('may be what people call their files', () => {
    for (const name of ['gdb9.sdf', 'My set (2).csv.gz', 'Größe+1.XYZ', '分子.jsonl', 'train.index']) {
      expect(importFileName.safeParse(name).success, name).toBe(true);
    }
  });

  it('is no path, no hidden file, no option, and of a kind that can be read', () => {
    for (const name of [
      ...['../a.csv', 'a/b.csv', 'a\\b.csv', '..csv', 'a..csv', '.a.csv', '-a.csv', '', 'csv', 'a.csv/'],
      ...['a\0.csv', 'a\n.csv', 'a:b.csv', '~.csv', '$(x).csv', 'a.parquet', 'a.gz', `${'x'.repeat(80)}.csv`],
    ]) {
      expect(importFileName.safeParse(name).success, JSON.stringify(name)).toBe(false);
    }
  });

  it('whatever it is, fits a file system and stays in its folder', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = `${text}.csv`;
        if (!importFileName.safeParse(name).success) return;
        expect(name).not.toMatch(/[/\\\0]|\.\.|^[.-]/);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('an import', () => {
  it('is no larger than is said beforehand, in all', () => {
    const files = (...sizes: number[]) => sizes.map((bytes, k) => ({ name: `${k}.csv`, bytes }));
    const fits = (...sizes: number[]) =>
      importRequest.safeParse({ name: 'x', files: files(...sizes) }).success;
    expect(fits(maxImportBytes)).toBe(true);
    expect(fits(maxImportBytes, 1)).toBe(false);
    expect(fits(...Array(41).fill(1))).toBe(false);
    expect(fits()).toBe(false);
    expect(fits(0)).toBe(false);
    expect(fits(1.5)).toBe(false);
  });
});
