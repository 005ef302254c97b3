import { describe, expect, test } from 'vitest';
import { analyse, analyseAll, fitJson, type Point } from '../src/index.ts';
import { noisy, paperCounts, points, qm9, staircaseTime } from './times.ts';

const sample = points(noisy(staircaseTime(0.85, 0.021), 0.03, 1), paperCounts, qm9);

describe('an analysis', () => {
  test('is the same for the same points in any order', () => {
    expect(fitJson(analyse([...sample].reverse()))).toEqual(fitJson(analyse(sample)));
  });

  test('has law, prediction, inflection, mechanism and warnings of one series', () => {
    const analysis = analyse(sample);
    expect(analysis.series).toBe('points');
    expect(analysis.context).toEqual({ protocol: 'fixed-per-device-batch', ...qm9 });
    expect(analysis.rows).toHaveLength(10);
    expect(analysis.curve.map((point) => point.devices)).toEqual(paperCounts);
    expect(analysis.prediction).toBeDefined();
    expect(analysis.inflection?.half?.devices).toBeGreaterThan(15);
    expect(analysis.mechanism.length).toBeGreaterThan(0);
    expect(analysis.warnings.length).toBeGreaterThan(0);
  });

  test('of repeats has one vote a device count: intervals do not shrink because a run was repeated', () => {
    const twice = [...sample, ...sample.map((point) => ({ ...point, repeat: 1 }))];
    const beta = (list: readonly Point[]) => analyse(list).laws[0].fit.estimates[1];
    expect(beta(twice).value).toBeCloseTo(beta(sample).value, 12);
    expect(beta(twice).interval!.high).toBeCloseTo(beta(sample).interval!.high, 12);
  });

  test('never mixes series or protocols', () => {
    const other = sample.map((point): Point => ({ ...point, protocol: 'weak' }));
    expect(() => analyse([...sample, ...other])).toThrow(/never share a fit/);
    const named = sample.map((point): Point => ({ ...point, series: 'pna small' }));
    expect(() => analyse([...sample, ...named])).toThrow(/never share a fit/);
    const all = analyseAll([...sample, ...other, ...named]);
    expect(all.map(({ series, protocol }) => [series, protocol])).toEqual([
      ['points', 'fixed-per-device-batch'],
      ['points', 'weak'],
      ['pna small', 'fixed-per-device-batch'],
    ]);
  });

  test('of other batches or other samples are apart as well: they are other curves', () => {
    const half = sample.map((point): Point => ({ ...point, batchPerDevice: 64 }));
    expect(analyseAll([...sample, ...half])).toHaveLength(2);
  });

  test('takes one point, and needs it', () => {
    expect(analyse(sample.slice(0, 1)).laws).toEqual([]);
    expect(() => analyse([])).toThrow(/at least one point/);
    expect(analyseAll([])).toEqual([]);
  });

  test('of hundreds of runs is that of their device counts', () => {
    const many = Array.from({ length: 416 }, (_, k): Point => {
      const point = sample[k % sample.length];
      return { ...point, run: `r${k}`, repeat: Math.floor(k / sample.length) };
    });
    const analysis = analyse(many);
    expect(analysis.rows).toHaveLength(416);
    expect(analysis.curve).toHaveLength(10);
    expect(analysis.laws[0].fit.value('beta')).toBeCloseTo(analyse(sample).laws[0].fit.value('beta'), 6);
  });
});
