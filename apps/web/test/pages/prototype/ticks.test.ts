import { describe, expect, it } from 'vitest';
import { formula } from '../../../src/pages/prototype/MoleculePanel.tsx';
import { contributionColour, relative } from '../../../src/pages/prototype/palette.ts';
import { prototypeSearch } from '../../../src/pages/prototype/search.ts';
import { errorsBySize, roomyRange, ticksBetween } from '../../../src/pages/prototype/ticks.ts';
import { designOf } from '../../../src/pages/prototype/to-design.ts';

describe('the figures of the Prototype page', () => {
  it('has round ticks within the range, below zero too', () => {
    expect(ticksBetween(-3.2, 4.1, 4)).toEqual([-2, 0, 2, 4]);
    expect(ticksBetween(7, 7)).toEqual([7]);
  });

  it('gives a range to no value, to one, and to many', () => {
    expect(roomyRange([])).toEqual([0, 1]);
    const [low, high] = roomyRange([5, 5]);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
  });

  it('puts neighbouring sizes together so that no molecule is lost and no row is too many', () => {
    const atoms = Uint16Array.from({ length: 200 }, (_, k) => 3 + (k % 40));
    const truth = new Float32Array(200);
    const predicted = truth.map((_, k) => (k % 2 ? 1 : -1));
    const bins = errorsBySize({ atoms, truth, predicted });
    expect(bins.length).toBeLessThanOrEqual(12);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(200);
    expect(bins.every(({ mae }) => mae === 1)).toBe(true);
    expect(bins.at(-1)?.to).toBe(42);
  });

  it('writes formulas in Hill’s order', () => {
    expect(formula([8, 6, 1, 1, 1, 6, 1])).toBe('C₂H₄O');
    expect(formula([8, 1, 1])).toBe('H₂O');
  });

  it('paints the atom farthest from the mean in full, and the mean grey', () => {
    const parts = relative([1, 2, 6]);
    expect(parts[2]).toBe(1);
    expect(contributionColour(0)).toBe('rgb(222,224,222)');
    expect(contributionColour(1)).toBe('rgb(196,84,10)');
    expect(relative([2, 2])).toEqual([0, 0]);
  });

  it('sends to the Design page what it knows and nothing of how this page is looked at', () => {
    const search = prototypeSearch({
      model: 'nnconv:small;dim=8',
      batch: '16',
      speed: '2',
      molecule: '4',
      backend: 'wasm',
    });
    expect(designOf(search)).toEqual({
      model: ['nnconv:small;dim=8'],
      data: undefined,
      batch: '16',
      limit: '1000',
    });
  });
});
