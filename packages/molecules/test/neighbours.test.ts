import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraphs, graphKey, type MoleculeGraphs, type MoleculeSet, moleculeSet } from '../src/index.ts';
import { graphSpec, molecules } from './arbitrary.ts';
import { goldenSet } from './golden.ts';

/** Neighbours of each atom of each molecule, written out. */
function lists(set: MoleculeSet, graphs: MoleculeGraphs): number[][] {
  return Array.from(set.atomicNumbers, (_, a) =>
    Array.from(graphs.neighbours.slice(graphs.rowOffsets[a], graphs.rowOffsets[a + 1])),
  );
}

/** A row of `count` hydrogen atoms at the given places on the x axis. */
const row = (...x: number[]) =>
  moleculeSet([{ atomicNumbers: x.map(() => 1), positions: x.map((at) => [at, 0, 0]) }]);

describe('neighbour lists', () => {
  it('give the golden input its 84 edges at cutoffs 5 and 10', () => {
    for (const cutoff of [5, 10]) {
      expect(buildGraphs(goldenSet(), { kind: 'radius', cutoff }).neighbours).toHaveLength(84);
    }
  });

  it('leave out an atom at exactly the cutoff, and take one a float32 step nearer', () => {
    const below = 5 - 2 ** -21;
    expect(Math.fround(below)).toBe(below);
    expect(buildGraphs(row(0, 5), { kind: 'radius', cutoff: 5 }).neighbours).toHaveLength(0);
    expect(buildGraphs(row(0, below), { kind: 'radius', cutoff: 5 }).neighbours).toHaveLength(2);
  });

  it('decide in float32, as PyTorch Geometric does', () => {
    // d^2 is 24.9999984 of these float32 coordinates in exact arithmetic, and 25 in float32.
    const apart = moleculeSet([
      {
        atomicNumbers: [1, 1],
        positions: [
          [0, 0, 0],
          [0, 1.76, 4.68],
        ],
      },
    ]);
    expect(Math.fround(1.76) ** 2 + Math.fround(4.68) ** 2).toBeLessThan(25);
    expect(buildGraphs(apart, { kind: 'radius', cutoff: 5 }).neighbours).toHaveLength(0);
  });

  it('never join atoms of different molecules', () => {
    const pair = {
      atomicNumbers: [1, 1],
      positions: [
        [0, 0, 0],
        [1, 0, 0],
      ],
    };
    const graphs = buildGraphs(moleculeSet([pair, pair]), { kind: 'radius', cutoff: 10 });
    expect(Array.from(graphs.neighbours)).toEqual([1, 0, 1, 0]);
  });

  it('are ascending, without self loops, and symmetric, of every kind', () => {
    fc.assert(
      fc.property(molecules, graphSpec, (list, spec) => {
        const set = moleculeSet(list);
        const all = lists(set, buildGraphs(set, spec));
        for (let m = 0; m < set.size; m++) {
          const rows = all.slice(set.atomOffsets[m], set.atomOffsets[m + 1]);
          for (const [i, neighbours] of rows.entries()) {
            expect(neighbours).toEqual([...new Set(neighbours)].sort((a, b) => a - b));
            expect(neighbours).not.toContain(i);
            for (const j of neighbours) expect(rows[j]).toContain(i);
          }
        }
      }),
    );
  });

  it('of a complete graph are all other atoms; of bonds, both ends of each bond', () => {
    fc.assert(
      fc.property(molecules, (list) => {
        const set = moleculeSet(list);
        const complete = lists(set, buildGraphs(set, { kind: 'complete' }));
        const bonded = lists(set, buildGraphs(set, { kind: 'bonds' }));
        for (const [m, molecule] of list.entries()) {
          const n = molecule.atomicNumbers.length;
          const first = set.atomOffsets[m];
          for (let i = 0; i < n; i++) {
            expect(complete[first + i]).toEqual([...Array(n).keys()].filter((j) => j !== i));
            const partners = (molecule.bonds ?? [])
              .filter(([a, b]) => a === i || b === i)
              .map(([a, b]) => (a === i ? b : a));
            expect(bonded[first + i]).toEqual(partners.sort((a, b) => a - b));
          }
        }
      }),
    );
  });

  it('hold molecules of more than 256 atoms', () => {
    const set = row(...Array.from({ length: 300 }, (_, i) => i));
    const all = lists(set, buildGraphs(set, { kind: 'radius', cutoff: 1.5 }));
    expect(all[0]).toEqual([1]);
    expect(all[280]).toEqual([279, 281]);
  });

  it('within a radius are refused for a set without positions, in words that say what to do', () => {
    const set = moleculeSet([{ atomicNumbers: [6, 8], bonds: [[0, 1, 2]] }]);
    expect(() => buildGraphs(set, { kind: 'radius', cutoff: 5 })).toThrow(/no atom positions.*Choose/);
    expect(() => buildGraphs(goldenSet(), { kind: 'radius', cutoff: 0 })).toThrow(/positive/);
    expect(buildGraphs(set, { kind: 'bonds' }).neighbours).toHaveLength(2);
  });

  it('have names that tell them apart', () => {
    expect(graphKey({ kind: 'radius', cutoff: 10 })).toBe('radius-10');
    expect(graphKey({ kind: 'radius', cutoff: 10, triplets: true })).toBe('radius-10');
    expect(graphKey({ kind: 'complete' })).toBe('complete');
    expect(graphKey({ kind: 'bonds' })).toBe('bonds');
    expect(graphKey({ kind: 'bonds', atomTypes: 'zinc' })).toBe('bonds-zinc');
  });
});
