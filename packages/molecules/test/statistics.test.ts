import { describe, expect, it } from 'vitest';
import { buildGraphs, degreeHistogram, moleculeSet, targetStatistics } from '../src/index.ts';

const set = moleculeSet([1, 2, 4, 100].map((t) => ({ atomicNumbers: [1], targets: { t } })));

describe('target statistics', () => {
  it('are the mean and the unbiased standard deviation of the chosen molecules only', () => {
    const { mean, std } = targetStatistics(set, 't', [0, 1, 2]);
    expect(mean).toBeCloseTo(7 / 3, 12);
    expect(std).toBeCloseTo(Math.sqrt(7 / 3), 12);
  });

  it('of one molecule have no spread', () => {
    expect(targetStatistics(set, 't', [3])).toEqual({ mean: 100, std: 0 });
  });

  it('lose nothing to a large mean', () => {
    const far = moleculeSet([-11000, -11001, -11002].map((t) => ({ atomicNumbers: [1], targets: { t } })));
    expect(targetStatistics(far, 't', [0, 1, 2])).toEqual({ mean: -11001, std: 1 });
  });

  it('of nothing are refused', () => {
    expect(() => targetStatistics(set, 't', [])).toThrow(RangeError);
  });
});

describe('the degree histogram', () => {
  const carbon = (bonds: number[][]) => ({ atomicNumbers: [6, 6, 6, 6], bonds });
  const chain = carbon([0, 1, 2].map((a) => [a, a + 1, 1]));
  const star = carbon([1, 2, 3].map((a) => [0, a, 1]));
  const both = moleculeSet([chain, star, { atomicNumbers: [6] }]);
  const graphs = buildGraphs(both, { kind: 'bonds' });

  it('counts the in-degrees of the chosen molecules only', () => {
    expect(degreeHistogram(both, graphs, [0])).toEqual([0, 2, 2]);
    expect(degreeHistogram(both, graphs, [0, 1])).toEqual([0, 5, 2, 1]);
  });

  it('knows lone atoms', () => {
    expect(degreeHistogram(both, graphs, [2])).toEqual([1]);
  });
});
