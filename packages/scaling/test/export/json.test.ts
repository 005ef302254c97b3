import { describe, expect, test } from 'vitest';
import { analyse, fitJson } from '../../src/index.ts';
import { noisy, paperCounts, points, qm9, staircaseTime } from '../times.ts';

const analysis = analyse(points(noisy(staircaseTime(0.85, 0.021), 0.02, 1), paperCounts, qm9));
const json = fitJson(analysis);

describe('an analysis as JSON', () => {
  test('has the fields of the command’s contract', () => {
    const laws = json.laws as Record<string, unknown>[];
    expect(laws.map((law) => law.name)).toEqual([
      'power',
      'overhead',
      'staircase',
      'staircase-communication',
      'staircase-ring',
      'offset-power',
      'usl',
      'extra-p',
    ]);
    const number = expect.any(Number);
    expect(laws[0]).toMatchObject({
      alpha: number,
      beta: number,
      betaInterval: [number, number],
      r2: number,
      aicc: number,
      weight: number,
    });
    expect(laws[1]).toMatchObject({ c: number, A: number, nHalf: number });
    expect(laws[2]).toMatchObject({ c: number, a: number });
    expect(json.points).toBe(10);
    expect(json.inflection).toMatchObject({ nHalf: number, nHalfInterval: [number, number], knee: number });
    expect(json.warnings).toEqual(analysis.warnings.map(({ message }) => message));
  });

  test('no parameter hides behind a field that every law has', () => {
    const common = ['name', 'formula', 'r2', 'residual', 'aicc', 'weight', 'leaveLargestOut', 'crossCheck'];
    for (const { fit } of analysis.laws)
      for (const { symbol } of fit.estimates) expect(common).not.toContain(symbol);
    const usl = (json.laws as Record<string, unknown>[]).find((law) => law.name === 'usl');
    expect(usl?.sigma).toBe(analysis.laws.find(({ fit }) => fit.law.name === 'usl')?.fit.value('sigma'));
  });

  test('survives JSON: nothing infinite, nothing undefined', () => {
    for (const sample of [
      analysis,
      analyse(points((n) => 30 / n)),
      analyse(points(() => 2)),
      analyse(points((n) => 30 / n, [2])),
    ]) {
      const made = fitJson(sample);
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    }
  });

  test('of two counts has no law, and says why', () => {
    const two = fitJson(analyse(points((n) => 1 + 10 / n, [2, 4])));
    expect(two).toMatchObject({ points: 2, laws: [], inflection: null, prediction: null });
    expect(two.warnings).toContain('2 device counts are measured: an exponent needs at least 3.');
  });
});
