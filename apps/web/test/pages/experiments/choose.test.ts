import { describe, expect, test } from 'vitest';
import { chosen } from '../../../src/pages/experiments/choose.ts';
import { summary } from '../../samples.ts';

const all = [
  summary({
    id: 'a',
    name: 'Alpha on QM9',
    dataset: 'qm9',
    createdAt: 1,
    bestValidationMae: 0.2,
    state: 'succeeded',
  }),
  summary({ id: 'b', name: 'Beta', createdAt: 3, bestValidationMae: null }),
  summary({ id: 'c', name: 'gamma', createdAt: 2, bestValidationMae: 0.1, state: 'failed', archived: true }),
];
const ids = (...[search]: [Parameters<typeof chosen>[1]]) => chosen(all, search).map((one) => one.id);

describe('the list', () => {
  test('shows the newest first and keeps the archived out', () => expect(ids({})).toEqual(['b', 'a']));
  test('shows the archived when asked', () => expect(ids({ archived: 'shown' })).toEqual(['b', 'c', 'a']));
  test('finds rows that hold every word, in any case and column', () => {
    expect(ids({ q: 'qm9 ALPHA' })).toEqual(['a']);
    expect(ids({ q: 'qm9 beta' })).toEqual([]);
  });
  test('filters by state, model and data set together', () => {
    expect(ids({ state: 'succeeded', model: 'schnet', data: 'qm9' })).toEqual(['a']);
    expect(ids({ state: 'succeeded', data: 'bundled' })).toEqual([]);
  });
  test('sorts names without regard to case', () =>
    expect(ids({ sort: 'name', archived: 'shown' })).toEqual(['a', 'b', 'c']));
  test('puts the least error first, and those without one last', () =>
    expect(ids({ sort: 'mae', archived: 'shown' })).toEqual(['c', 'a', 'b']));
});
