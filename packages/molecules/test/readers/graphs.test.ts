import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moleculeAt, moleculeId, readGraphs, sourceOf, zincAtomTypes } from '../../src/index.ts';
import { damage } from '../mutate.ts';
import { expectValidOrRefused } from '../valid.ts';

const read = (...lines: readonly (object | string)[]) =>
  readGraphs(
    sourceOf(
      'g.jsonl',
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    ),
  );

/** A tree of 1 to 10 typed atoms. */
const graph = fc.integer({ min: 1, max: 10 }).chain((atoms) =>
  fc.record({
    nodes: fc.array(fc.nat(zincAtomTypes.length - 1), { minLength: atoms, maxLength: atoms }),
    edges: fc.tuple(
      ...Array.from({ length: atoms - 1 }, (_, i) =>
        fc.tuple(fc.constant(i + 1), fc.nat(i), fc.integer({ min: 1, max: 3 })),
      ),
    ),
    // -0 is 0 in JSON.
    y: fc.double({ min: -10, max: 10, noNaN: true }).map((y) => y + 0),
  }),
);

describe('graphs as JSON lines', () => {
  it('are read back as they were written, from edges in one direction or in both, or from tensors', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(graph, { minLength: 1, maxLength: 5 }), async (graphs) => {
        const set = await read(...graphs);
        for (const [m, { nodes, edges, y }] of graphs.entries()) {
          const first = set.atomOffsets[m];
          const types = set.atomColumns.type.slice(first, set.atomOffsets[m + 1]);
          expect(Array.from(types)).toEqual(nodes);
          expect(moleculeAt(set, m).bonds).toEqual(edges);
          expect(set.targets.y.values[m]).toBe(Math.fround(y));
        }
        const both = graphs.map(({ edges, ...rest }) => ({
          ...rest,
          edges: edges.flatMap(([a, b, type]) => [
            [a, b, type],
            [b, a, type],
          ]),
        }));
        expect(await read(...both)).toEqual(set);
        const tensors = both.map(({ nodes, edges, y }) => ({
          node_feat: nodes.map((type) => [type]),
          edge_index: [edges.map(([a]) => a), edges.map(([, b]) => b)],
          edge_attr: edges.map(([, , type]) => [type]),
          y: [y],
          num_nodes: nodes.length,
        }));
        expect(await read(...tensors)).toEqual(set);
      }),
    );
  });

  it('have names, and targets by name with units', async () => {
    const set = await read({ nodes: [0, 1], edges: [[0, 1, 2]], id: 'a', y: { 'gap [eV]': 1, mu: 2 } }, '', {
      nodes: [2],
      edges: [],
      id: 7,
      y: { mu: 4, 'gap [eV]': 3 },
    });
    expect([moleculeId(set, 0), moleculeId(set, 1)]).toEqual(['a', '7']);
    expect(set.targets).toEqual({
      gap: { unit: 'eV', values: Float32Array.of(1, 3) },
      mu: { unit: '', values: Float32Array.of(2, 4) },
    });
    expect(Array.from(set.atomicNumbers)).toEqual([6, 8, 7]);
    expect(moleculeId(await read({ nodes: [0], edges: [] }), 0)).toBe('1');
  });

  it.each([
    ['an atom type there is none of', [{ nodes: [0, 28], edges: [] }], /line 1: nodes\.1: .*28 atom types/],
    ['no atoms', [{ nodes: [], edges: [] }], /line 1: nodes: must not be empty/],
    [
      'an edge to nowhere',
      [{ nodes: [0], edges: [[0, 1, 1]] }],
      /the edge 0-1 names an atom that is not there/,
    ],
    ['an edge to itself', [{ nodes: [0], edges: [[0, 0, 1]] }], /joins atom 1 to itself/],
    ['an unknown bond', [{ nodes: [0, 0], edges: [[0, 1, 4]] }], /must be a bond of type 1, 2 or 3/],
    ['an edge twice', [{ nodes: [0, 0], edges: [[0, 1, 1], [0, 1, 1]] }], /a second time/], // biome-ignore format: a table
    ['edges that disagree', [{ nodes: [0, 0], edges: [[0, 1, 1], [1, 0, 2]] }], /edge 1-0 has the type 2, and 0-1 has 1/], // biome-ignore format: a table
    ['a target less than before', [{ nodes: [0], edges: [], y: 1 }, { nodes: [0], edges: [] }], /line 2 lacks the target "y"/], // biome-ignore format: a table
    ['a target more than before', [{ nodes: [0], edges: [] }, { nodes: [0], edges: [], y: 1 }], /line 2 has the target "y"/], // biome-ignore format: a table
    [
      'tensors of unlike length',
      [{ node_feat: [[0]], edge_index: [[0], []], edge_attr: [[1]] }],
      /as many entries/,
    ],
    ['what is not JSON', ['{'], /line 1 is not JSON/],
    ['what is no graph', ['3'], /line 1/],
    ['nothing', [''], /holds no molecules/],
  ])('with %s are refused by line', async (_what, lines, message) => {
    await expect(read(...lines)).rejects.toThrow(message);
  });

  it('are read or refused, however they are damaged', async () => {
    const text = JSON.stringify({ nodes: [0, 4, 1], edges: [[0, 1, 1], [1, 2, 2]], y: 0.5, id: 'x' }); // biome-ignore format: a line
    await fc.assert(
      fc.asyncProperty(damage, (harm) => expectValidOrRefused(read(harm(`${text}\n${text}`)))),
      { numRuns: 300 },
    );
  });
});
