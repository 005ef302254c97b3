import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  buildGraphs,
  collate,
  moleculeAt,
  moleculeSet,
  qm9AtomFeatures,
  qm9PairFeatures,
} from '../src/index.ts';
import { goldenSet } from './golden.ts';

const golden = JSON.parse(
  readFileSync(new URL('./fixtures/golden-nnconv.json', import.meta.url), 'utf8'),
) as Readonly<Record<'x' | 'edge_index' | 'edge_attr', readonly (readonly number[])[]>>;

/** The golden input with the bonds that its edge features say it has. */
function bondedSet() {
  const set = goldenSet();
  const molecules = Array.from({ length: set.size }, (_, m) => {
    const [first, last] = [set.atomOffsets[m], set.atomOffsets[m + 1]];
    const bonds = golden.edge_attr.flatMap((attributes, e) => {
      // The example's edge index is row-major: source first.
      const [i, j] = [golden.edge_index[0][e], golden.edge_index[1][e]];
      const order = attributes.slice(0, 4).indexOf(1) + 1;
      return i < j && i >= first && i < last && order > 0 ? [[i - first, j - first, order]] : [];
    });
    return { ...moleculeAt(set, m), bonds };
  });
  return moleculeSet(molecules);
}

describe('the features of QM9', () => {
  const set = bondedSet();
  const batch = collate(set, buildGraphs(set, { kind: 'complete' }), [0, 1, 2]);

  it('of atoms are those of PyTorch Geometric', () => {
    expect(Array.from(qm9AtomFeatures(batch))).toEqual(golden.x.flat());
  });

  it('of edges are those of its NNConv example, one row a pair', () => {
    const pairs = qm9PairFeatures(batch);
    expect(pairs).toHaveLength(42 * 5);
    for (const [at, attributes] of golden.edge_attr.entries()) {
      const [j, i] = [golden.edge_index[0][at], golden.edge_index[1][at]];
      const e = batch.source.findIndex((source, k) => source === j && batch.target[k] === i);
      const row = Array.from(pairs.subarray(5 * batch.pairOf[e], 5 * batch.pairOf[e] + 5));
      expect(row.slice(0, 4)).toEqual(attributes.slice(0, 4));
      expect(row[4]).toBeCloseTo(attributes[4], 6);
    }
  });

  it('mark a triple and an aromatic bond', () => {
    const ring = moleculeSet([{ atomicNumbers: [6, 6, 6], bonds: [[0, 1, 3], [1, 2, 4]] }]); // biome-ignore format: a table
    const made = qm9PairFeatures(collate(ring, buildGraphs(ring, { kind: 'bonds' }), [0]));
    expect(Array.from(made)).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1, 0]);
  });

  it('refuse an element that QM9 has not, by its symbol', () => {
    const odd = moleculeSet([{ atomicNumbers: [6, 17] }]);
    expect(() => qm9AtomFeatures(collate(odd, buildGraphs(odd, { kind: 'complete' }), [0]))).toThrow(
      /know H, C, N, O and F; a molecule has Cl\. Choose another model/,
    );
  });
});
