import { describe, expect, test } from 'vitest';
import { capacityOf, freeOf, groupsOf, nodesAsked, usedShare } from '../../../src/pages/cluster/summary.ts';
import { batch, node } from './samples.ts';

describe('what is free', () => {
  test('is counted on nodes that take work alone, by type of GPU', () => {
    const nodes = [
      node('a', {
        condition: 'mixed',
        cpus: { total: 8, used: 3 },
        gpus: [{ type: 'v100', total: 2, used: 1 }],
      }),
      node('b', { condition: 'drained' }),
      node('c', { gpus: [{ type: 'a100', total: 4, used: 0 }] }),
    ];
    const has = capacityOf(nodes);
    expect([has.nodes, has.open]).toEqual([3, 2]);
    expect(has.cpus).toEqual({ total: 24, free: 13 });
    expect(has.gpuTypes).toEqual([
      { type: 'v100', total: 4, free: 1 },
      { type: 'a100', total: 4, free: 4 },
    ]);
  });

  test('is not told where one node does not tell', () => {
    const has = capacityOf([node('a'), node('b', { cpus: { total: 8, used: null } })]);
    expect(freeOf(has.cpus)).toBe('16, use not told');
    expect(freeOf(capacityOf([node('a', { cpus: { total: null, used: null } })]).cpus)).toBe('not told');
  });
});

test('a cell is filled by its GPUs where it has some, by its CPUs where not, wholly where nothing can be had', () => {
  const cpus = { total: 8, used: 2 };
  expect(usedShare(node('a', { cpus, gpus: [{ type: null, total: 2, used: 1 }] }))).toBe(0.5);
  expect(usedShare(node('a', { cpus, gpus: [] }))).toBe(0.25);
  expect(usedShare(node('a', { cpus, condition: 'full' }))).toBe(1);
  expect(usedShare(node('a', { cpus: { total: null, used: null }, gpus: [] }))).toBe(0);
});

test('nodes in the same partitions stand together, n2 before n10', () => {
  const nodes = [node('n10'), node('n2'), node('c1', { partitions: ['cpu', 'long'] })];
  expect(groupsOf(nodes).map(([name, list]) => [name, list.map((one) => one.name)])).toEqual([
    ['gpu', ['n2', 'n10']],
    ['cpu, long', ['c1']],
  ]);
});

test('nodes are found by partition, condition, name and reason', () => {
  const nodes = [
    node('g1'),
    node('g2', { condition: 'down', reason: { text: 'Not responding', by: null, at: null } }),
    node('c1', { partitions: ['cpu'] }),
  ];
  const found = (asked: Parameters<typeof nodesAsked>[1]) =>
    nodesAsked(batch({ nodes }), asked).map(({ name }) => name);
  expect(found({})).toEqual(['g1', 'g2', 'c1']);
  expect(found({ partition: 'gpu', nodes: 'down' })).toEqual(['g2']);
  expect(found({ q: 'RESPOND' })).toEqual(['g2']);
  expect(found({ q: 'c1' })).toEqual(['c1']);
});
