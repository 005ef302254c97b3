import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, batchBuffers, buildGraphs, collate, moleculeSet } from '../src/index.ts';
import { graphSpec, molecules } from './arbitrary.ts';
import { goldenSet } from './golden.ts';

/** Batches of a random set: any graph, any molecules of it in any order, repeats allowed. */
const batches = fc.tuple(molecules, graphSpec, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }));

function forEveryBatch(check: (batch: Batch, where: { indices: number[] }) => void): void {
  fc.assert(
    fc.property(batches, ([list, spec, picks]) => {
      const set = moleculeSet(list);
      const indices = picks.map((pick) => pick % set.size);
      check(collate(set, buildGraphs(set, spec), indices, 't'), { indices });
    }),
  );
}

describe('a batch', () => {
  it('sorts its edges by target, then source, within molecules', () => {
    forEveryBatch((b) => {
      for (let e = 0; e < b.edges; e++) {
        expect(b.moleculeOf[b.source[e]]).toBe(b.moleculeOf[b.target[e]]);
        if (e === 0) continue;
        const before = b.target[e - 1] * b.atoms + b.source[e - 1];
        expect(b.target[e] * b.atoms + b.source[e]).toBeGreaterThan(before);
      }
    });
  });

  it('knows the reverse of every edge, and the reverse of that is the edge', () => {
    forEveryBatch((b) => {
      for (let e = 0; e < b.edges; e++) {
        const back = b.reverse[e];
        expect([b.source[back], b.target[back]]).toEqual([b.target[e], b.source[e]]);
        expect(b.reverse[back]).toBe(e);
      }
    });
  });

  it('counts each undirected pair once, with its two edges', () => {
    forEveryBatch((b) => {
      expect(b.pairs).toBe(b.edges / 2);
      for (let p = 0; p < b.pairs; p++) {
        const [forth, back] = b.pairEdges.slice(2 * p, 2 * p + 2);
        expect(b.reverse[forth]).toBe(back);
        expect([b.pairOf[forth], b.pairOf[back]]).toEqual([p, p]);
      }
    });
  });

  it('covers each edge once in the slots of its target and once in those of its source', () => {
    forEveryBatch((b) => {
      for (const [slots, end] of [
        [b.inSlots, b.target],
        [b.outSlots, b.source],
      ] as const) {
        expect(slots).toHaveLength(b.atoms * b.slots);
        const met: number[] = [];
        for (let at = 0; at < slots.length; at++) {
          if (slots[at] === b.edges) continue;
          expect(end[slots[at]]).toBe(Math.floor(at / b.slots));
          met.push(slots[at]);
        }
        expect(met.sort((x, y) => x - y)).toEqual([...Array(b.edges).keys()]);
      }
    });
  });

  it('has no more slots than its largest in-degree, and at least one', () => {
    forEveryBatch((b) => {
      const degrees = new Map<number, number>();
      for (const i of b.target) degrees.set(i, (degrees.get(i) ?? 0) + 1);
      expect(b.slots).toBe(Math.max(1, ...degrees.values()));
    });
  });

  it('says where the edges into each atom begin', () => {
    forEveryBatch((b) => {
      expect([b.edgeStart[0], b.edgeStart[b.atoms]]).toEqual([0, b.edges]);
      for (let i = 0; i < b.atoms; i++) {
        const into = b.target.slice(b.edgeStart[i], b.edgeStart[i + 1]);
        expect(into.every((target) => target === i)).toBe(true);
      }
    });
  });

  it('has the atom types of its molecules, and none where the set has none', () => {
    const plain = moleculeSet([{ atomicNumbers: [6, 7] }, { atomicNumbers: [8] }]);
    const set = { ...plain, atomColumns: { type: Float32Array.of(4, 12, 7) } };
    const graphs = buildGraphs(set, { kind: 'bonds' });
    expect(Array.from(collate(set, graphs, [1, 0]).atomTypes ?? [])).toEqual([7, 4, 12]);
    expect(collate(plain, graphs, [1, 0]).atomTypes).toBeNull();
  });

  it('sums over slots to the same as over targets', () => {
    forEveryBatch((b) => {
      const value = (e: number) => Math.sin(e + 1);
      const byTarget = new Float64Array(b.atoms);
      for (let e = 0; e < b.edges; e++) byTarget[b.target[e]] += value(e);
      for (let i = 0; i < b.atoms; i++) {
        let sum = 0;
        for (const e of b.inSlots.slice(i * b.slots, (i + 1) * b.slots)) sum += e < b.edges ? value(e) : 0;
        expect(sum).toBeCloseTo(byTarget[i], 12);
      }
    });
  });

  it('lists the atoms of each molecule once, padded with N', () => {
    forEveryBatch((b) => {
      const atoms = Array.from(b.moleculeSlots).filter((a) => a !== b.atoms);
      expect(atoms).toEqual([...Array(b.atoms).keys()]);
      for (const [at, a] of b.moleculeSlots.entries()) {
        if (a !== b.atoms) expect(b.moleculeOf[a]).toBe(Math.floor(at / b.moleculeSize));
      }
    });
  });

  it('has float32 distances, the same for both directions of a pair', () => {
    forEveryBatch((b) => {
      for (let e = 0; e < b.edges; e++) {
        const at = (atom: number) => b.positions.slice(3 * atom, 3 * atom + 3);
        const [p, q] = [at(b.source[e]), at(b.target[e])];
        const exact = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
        expect(Math.abs(b.pairDistance[b.pairOf[e]] - exact)).toBeLessThanOrEqual(1e-6 * (1 + exact));
      }
    });
  });

  it('carries atoms, bonds and targets of exactly the molecules asked for, in that order', () => {
    fc.assert(
      fc.property(batches, ([list, spec, picks]) => {
        const set = moleculeSet(list);
        const indices = picks.map((pick) => pick % set.size);
        const b = collate(set, buildGraphs(set, spec), indices, 't');
        expect(Array.from(b.atomicNumbers)).toEqual(indices.flatMap((m) => list[m].atomicNumbers));
        expect(Array.from(b.y)).toEqual(indices.map((m) => Math.fround(list[m].targets?.t ?? 0)));
        let first = 0;
        for (const m of indices) {
          const orders = new Map(
            list[m].bonds?.flatMap(([i, j, order]) => [
              [`${i}-${j}`, order],
              [`${j}-${i}`, order],
            ]),
          );
          const last = first + list[m].atomicNumbers.length;
          for (let e = 0; e < b.edges; e++) {
            if (b.target[e] < first || b.target[e] >= last) continue;
            const bond = `${b.source[e] - first}-${b.target[e] - first}`;
            expect(b.bondOrder[e]).toBe(orders.get(bond) ?? 0);
          }
          first = last;
        }
      }),
    );
  });

  it('of the golden input has its 15 atoms and 84 edges', () => {
    const set = goldenSet();
    const b = collate(set, buildGraphs(set, { kind: 'radius', cutoff: 10 }), [0, 1, 2]);
    expect([b.molecules, b.atoms, b.edges, b.slots, b.moleculeSize]).toEqual([3, 15, 84, 8, 9]);
    expect(Array.from(b.y)).toEqual([0, 0, 0]);
    // Water: O-H twice, then H-H.
    expect(Array.from(b.pairDistance.slice(0, 3), (d) => d.toFixed(4))).toEqual([
      '0.9578',
      '0.9578',
      '1.5144',
    ]);
  });

  it('may hold a lone atom: no edges, one empty slot', () => {
    const set = moleculeSet([{ atomicNumbers: [10], positions: [[0, 0, 0]] }]);
    const b = collate(set, buildGraphs(set, { kind: 'complete' }), [0]);
    expect([b.edges, b.pairs, b.slots, b.inSlots[0]]).toEqual([0, 0, 1, 0]);
  });

  it('lists its buffers for a transfer, each once', () => {
    const set = goldenSet();
    const b = collate(set, buildGraphs(set, { kind: 'radius', cutoff: 5, triplets: true }), [0]);
    expect(new Set(batchBuffers(b)).size).toBe(17);
    const copy = structuredClone(b, { transfer: batchBuffers(b) });
    expect(copy.atomicNumbers).toHaveLength(3);
    expect(copy.triplets?.cosine).toHaveLength(12);
    expect(b.atomicNumbers).toHaveLength(0);
  });

  it('refuses a molecule that is not there, no molecules, and an unknown target by name', () => {
    const set = moleculeSet([{ atomicNumbers: [1], targets: { dipole: 1 } }]);
    const graphs = buildGraphs(set, { kind: 'bonds' });
    expect(() => collate(set, graphs, [1])).toThrow(RangeError);
    expect(() => collate(set, graphs, [])).toThrow(RangeError);
    expect(() => collate(set, graphs, [0], 'mu')).toThrow(
      'There is no target "mu" in this data set; it has dipole.',
    );
  });
});
