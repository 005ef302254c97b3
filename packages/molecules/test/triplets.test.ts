import { readFileSync } from 'node:fs';
import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, buildGraphs, collate, moleculeSet, type Triplets } from '../src/index.ts';
import { molecules } from './arbitrary.ts';
import { goldenSet } from './golden.ts';

interface Listed {
  readonly kj: number;
  readonly ji: number;
  readonly cosine: number;
}

function tripletsIn(batch: Batch): Triplets {
  if (!batch.triplets) throw new Error('the batch has no triplets');
  return batch.triplets;
}

/** What the squares say, written out triplet by triplet in PyTorch Geometric's order: by edge ji, then k. */
function listed(batch: Batch): Listed[] {
  const { squareStart, cosine } = tripletsIn(batch);
  const list: Listed[] = [];
  for (let ji = 0; ji < batch.edges; ji++) {
    const j = batch.source[ji];
    const first = batch.edgeStart[j];
    const degree = batch.edgeStart[j + 1] - first;
    const row = batch.reverse[ji] - first;
    for (let b = 0; b < degree; b++) {
      if (b !== row) list.push({ kj: first + b, ji, cosine: cosine[squareStart[j] + row * degree + b] });
    }
  }
  return list;
}

/** Every pair of edges k -> j, j -> i with k != i, and the angle at i by its arc cosine's definition. */
function bruteForce({ edges, source, target, positions }: Batch): Listed[] {
  const list: Listed[] = [];
  const from = (a: number, b: number) => [0, 1, 2].map((x) => positions[3 * b + x] - positions[3 * a + x]);
  const dot = (u: number[], v: number[]) => u.reduce((sum, value, x) => sum + value * v[x], 0);
  for (let ji = 0; ji < edges; ji++) {
    for (let kj = 0; kj < edges; kj++) {
      const [i, k] = [target[ji], source[kj]];
      if (target[kj] !== source[ji] || k === i) continue;
      const [u, v] = [from(i, source[ji]), from(i, k)];
      list.push({ kj, ji, cosine: dot(u, v) / (Math.hypot(...u) * Math.hypot(...v)) });
    }
  }
  return list;
}

describe('the triplets of a batch', () => {
  it('are those of a loop over all pairs of edges, with their angles', () => {
    fc.assert(
      fc.property(molecules, fc.double({ min: 1, max: 12, noNaN: true }), (list, cutoff) => {
        const set = moleculeSet(list);
        const graphs = buildGraphs(set, { kind: 'radius', cutoff, triplets: true });
        let batch: Batch;
        try {
          batch = collate(set, graphs, [...list.keys(), 0]);
        } catch (error) {
          // Two atoms in one place.
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        const ours = listed(batch);
        const theirs = bruteForce(batch);
        expect(tripletsIn(batch).count).toBe(theirs.length);
        expect(ours.map(({ kj, ji }) => [kj, ji])).toEqual(theirs.map(({ kj, ji }) => [kj, ji]));
        for (const [t, { cosine }] of ours.entries()) {
          // Beside a coordinate of 1e-200 a product underflows in one formula and not in the other.
          if (!(theirs[t].cosine ** 2 > 0)) continue;
          expect(Math.abs(cosine - theirs[t].cosine)).toBeLessThan(1e-7);
        }
      }),
    );
  });

  it('of the golden input are PyTorch Geometric’s 516, in its order, with its angles', () => {
    const file = new URL('./fixtures/golden-dimenet.json', import.meta.url);
    const golden = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly edge_index: readonly (readonly number[])[];
      readonly idx_kj: readonly number[];
      readonly idx_ji: readonly number[];
      readonly angle: readonly number[];
    };
    const set = goldenSet();
    const batch = collate(set, buildGraphs(set, { kind: 'radius', cutoff: 5, triplets: true }), [0, 1, 2]);
    expect([Array.from(batch.source), Array.from(batch.target)]).toEqual(golden.edge_index);
    const ours = listed(batch);
    expect(tripletsIn(batch).count).toBe(516);
    expect(ours.map(({ kj }) => kj)).toEqual(golden.idx_kj);
    expect(ours.map(({ ji }) => ji)).toEqual(golden.idx_ji);
    for (const [t, angle] of golden.angle.entries()) expect(ours[t].cosine).toBeCloseTo(Math.cos(angle), 6);
  });

  it('of a straight line have angles of exactly 0 or 180 degrees', () => {
    const line = moleculeSet([
      { atomicNumbers: [1, 6, 7], positions: [0, 1.1, 2.3].map((x) => [x / 3, x / 7, x / 9]) },
    ]);
    const batch = collate(line, buildGraphs(line, { kind: 'radius', cutoff: 5, triplets: true }), [0]);
    const rounded = listed(batch).map(({ cosine }) => Math.round(cosine * 1e6) / 1e6);
    expect(new Set(rounded)).toEqual(new Set([1, -1]));
    expect(Math.max(...tripletsIn(batch).cosine.map(Math.abs))).toBeLessThanOrEqual(1);
  });

  it('are made only where the graph spec asks for them', () => {
    const set = goldenSet();
    expect(collate(set, buildGraphs(set, { kind: 'radius', cutoff: 5 }), [0]).triplets).toBeUndefined();
  });

  it('refuse two atoms in one place, by the molecule’s name', () => {
    const set = moleculeSet([
      { id: 'good', atomicNumbers: [1, 1], positions: [[0], [1]].map(([x]) => [x, 0, 0]) },
      { id: 'twin', atomicNumbers: [1, 6, 6], positions: [[0], [1], [1]].map(([x]) => [x, 0, 0]) },
    ]);
    const graphs = buildGraphs(set, { kind: 'radius', cutoff: 5, triplets: true });
    expect(() => collate(set, graphs, [0, 1])).toThrow(
      /"twin" has two atoms in the same place, its atoms 2 and 3\. Correct its positions/,
    );
  });

  it('refuse them too where there is no third atom to make an angle with', () => {
    const set = moleculeSet([
      { id: 'good', atomicNumbers: [1], positions: [[0, 0, 0]] },
      { id: 'pair', atomicNumbers: [1, 1], positions: [1, 1].map((x) => [x, 0, 0]) },
    ]);
    const graphs = buildGraphs(set, { kind: 'radius', cutoff: 5, triplets: true });
    expect(() => collate(set, graphs, [0, 1])).toThrow(/"pair" has two atoms .*, its atoms 1 and 2\./);
  });
});
