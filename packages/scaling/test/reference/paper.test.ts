import { describe, expect, test } from 'vitest';
import { paper, reconstructions } from '../../src/index.ts';

const [dimenet, , , pna] = paper.models;

describe('what the paper says', () => {
  test('its largest speedup is given twice, and both stand', () => {
    expect(paper.claims.map(({ where, speedup }) => [where, speedup])).toEqual([
      ['abstract', 60],
      ['section 3', 50],
    ]);
    const [body, abstract] = dimenet.readings.map(({ first, last }) => first.seconds / last.seconds);
    expect(body).toBe(50);
    expect(abstract).toBeGreaterThan(60);
  });

  test('PNA was not run on 416 devices, and its data set is in doubt', () => {
    expect(pna.counts).toHaveLength(9);
    expect(pna.counts).not.toContain(416);
    expect(pna.samplesNote).toContain('ZINC-12k');
  });

  test('no reconstructed point is passed off as measured', () => {
    for (const { points } of reconstructions())
      expect(points.every((point) => point.series.includes('reconstructed from the paper’s endpoints'))).toBe(
        true,
      );
  });
});
