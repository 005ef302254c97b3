import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { datasetCard as cardSchema } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bundled,
  datasetCard,
  elementSymbols,
  loadDataset,
  type MoleculeSet,
  moleculeAt,
  moleculeId,
  readLitmol,
  sourceOf,
} from '../../src/index.ts';
import { dataFolderDatasets } from '../../src/node/index.ts';
import { expectValid, expectValidOrRefused } from '../valid.ts';

const context = dataFolderDatasets('unused');
const bytes = new Uint8Array(readFileSync(new URL('../../bundled/molecules.litmol', import.meta.url)));
// Tables are padded for reading: a run of spaces counts as one.
const card = readFileSync(new URL('../../bundled/README.md', import.meta.url), 'utf8').replace(/\s+/g, ' ');

/** Hydrogens that an atom of an element binds, less its other bonds. */
const valence: Readonly<Record<string, number>> = { H: 1, C: 4, N: 3, O: 2, F: 1 };

function find(set: MoleculeSet, id: string): ReturnType<typeof moleculeAt> {
  for (let m = 0; m < set.size; m++) if (moleculeId(set, m) === id) return moleculeAt(set, m);
  throw new Error(`no ${id}`);
}

describe('the bundled data set', () => {
  it('is what its data card says: count, size, ranges of every target', async () => {
    const set = await loadDataset(bundled, context);
    expectValid(set);
    expect(set.size).toBeGreaterThanOrEqual(2000);
    expect(bytes.length).toBeLessThan(1_000_000);
    expect(card).toContain(`${set.size.toLocaleString('en')} small molecules`);
    expect(card).toContain(`${set.atomicNumbers.length.toLocaleString('en')} atoms`);
    expect(card).toContain(`${set.bondOrders.length.toLocaleString('en')} bonds`);
    for (const { name, unit } of bundled.targets) {
      const { values, unit: own } = set.targets[name];
      expect(own).toBe(unit);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      expect(card).toContain(`| \`${name}\` | ${unit} | ${low.toFixed(4)} | ${high.toFixed(4)} |`);
    }
  });

  it('makes a card that names its size', async () => {
    const made = await datasetCard(bundled, context);
    expect(cardSchema.parse(made)).toEqual(made);
    expect(made).toMatchObject({
      name: 'bundled',
      available: true,
      bytes: bytes.length,
      defaultTarget: 'dipole',
    });
    expect(made.molecules).toBeGreaterThanOrEqual(2000);
  });

  it('holds each molecule once, neutral and with every valence filled', async () => {
    const set = await loadDataset(bundled, context);
    const ids = new Set(Array.from({ length: set.size }, (_, m) => moleculeId(set, m)));
    expect(ids.size).toBe(set.size);
    const wrong: string[] = [];
    for (let m = 0; m < set.size; m++) {
      const used = new Uint8Array(set.atomOffsets[m + 1] - set.atomOffsets[m]);
      for (let b = set.bondOffsets[m]; b < set.bondOffsets[m + 1]; b++) {
        used[set.bonds[2 * b]] += set.bondOrders[b];
        used[set.bonds[2 * b + 1]] += set.bondOrders[b];
      }
      for (let i = 0; i < used.length; i++) {
        const symbol = elementSymbols[set.atomicNumbers[set.atomOffsets[m] + i]];
        if (used[i] !== valence[symbol]) wrong.push(`${moleculeId(set, m)}: ${symbol} has ${used[i]} bonds`);
      }
      const charges = set.atomColumns.charge.subarray(set.atomOffsets[m], set.atomOffsets[m + 1]);
      const total = charges.reduce((sum, q) => sum + q, 0);
      if (Math.abs(total) > 0.0005 * (used.length + 1)) wrong.push(`${moleculeId(set, m)}: charge ${total}`);
    }
    expect(wrong).toEqual([]);
  });

  it('knows water and benzene as chemistry does', async () => {
    const set = await loadDataset(bundled, context);
    const water = find(set, 'O');
    const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, k) => x - b[k]));
    const [o, h] = water.positions ?? [];
    expect(distance(o, h)).toBeCloseTo(0.96, 1);
    // GFN2-xTB overestimates water's 1.85 D.
    expect(water.targets?.dipole).toBeGreaterThan(1.8);
    expect(water.targets?.dipole).toBeLessThan(2.4);
    const benzene = find(set, 'C1=CC=CC=C1');
    expect(benzene.targets?.dipole).toBeLessThan(0.01);
    expect(benzene.targets?.atomisation).toBeLessThan(-50);
  });

  it('has gaps that are LUMO less HOMO', async () => {
    const { targets } = await loadDataset(bundled, context);
    const off = targets.gap.values.map((gap, m) => targets.lumo.values[m] - targets.homo.values[m] - gap);
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(0.0003);
  });

  it('is returned valid or refused, however its file is damaged', async () => {
    const plain = new Uint8Array(gunzipSync(bytes));
    const small = fc.record({ at: fc.nat(plain.length - 1), value: fc.nat(255), cut: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(small, fc.boolean(), async ({ at, value, cut }, inHead) => {
        const place = inHead ? at % 1500 : at;
        const damaged = cut ? plain.slice(0, place) : plain.slice();
        if (!cut) damaged[place] = value;
        await expectValidOrRefused(readLitmol(sourceOf('molecules.litmol', damaged)));
      }),
      { numRuns: 60 },
    );
    const gzip = bytes.slice(0, 100_000);
    await expectValidOrRefused(readLitmol(sourceOf('molecules.litmol', gzip)));
    const other = new Uint8Array(gzipSync('\x08\0\0\0{"a": 1}'));
    await expect(readLitmol(sourceOf('other.litmol', other))).rejects.toThrow(/^other\.litmol: /);
  });
});
