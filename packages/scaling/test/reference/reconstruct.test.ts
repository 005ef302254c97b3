import { describe, expect, test } from 'vitest';
import { analyse, halfPointOf, paper, reconstruct, reconstructions } from '../../src/index.ts';
import { median } from '../../src/math/stats.ts';
import { noisy } from '../times.ts';

const [dimenet, nnconv, schnet, pna] = paper.models;

/** SCALING.md's table: what fixing c and a from two times gives, and what the paper published. */
const table = [
  { model: nnconv, reading: 0, a: 0.06, c: 0.9, beta: 0.59, r2: 0.948, published: [0.59, 0.96] },
  { model: schnet, reading: 0, a: 0.021, c: 0.85, beta: 0.42, r2: 0.896, published: [0.42, 0.9] },
  { model: pna, reading: 0, a: 0.052, c: 0.71, beta: 0.22, r2: 0.804, published: [0.21, 0.79] },
  { model: dimenet, reading: 0, a: 0.46, c: 2.6, beta: 0.73, r2: 0.976, published: [0.78, 0.99] },
  { model: dimenet, reading: 1, a: 0.46, c: 1.6, beta: 0.79, r2: 0.985, published: [0.78, 0.99] },
] as const;

describe('the paper’s curves, reconstructed from two times each', () => {
  test.each(table)('$model.title (reading $reading): step and fixed seconds are $a and $c', (row) => {
    const made = reconstruct(row.model, row.model.readings[row.reading]);
    expect(Number(made.stepSeconds.toPrecision(2))).toBe(row.a);
    expect(Number(made.fixedSeconds.toPrecision(2))).toBe(row.c);
  });

  test.each(table)('$model.title (reading $reading): its power law has beta $beta and R² $r2', (row) => {
    const made = reconstruct(row.model, row.model.readings[row.reading]);
    const { fit } = analyse(made.points).laws[0];
    expect(fit.value('beta').toFixed(2)).toBe(row.beta.toFixed(2));
    expect(fit.r2).toBeCloseTo(row.r2, 3);
  });

  test.each(table)(
    '$model.title (reading $reading): which is what the paper published, within 0.05',
    (row) => {
      const made = reconstruct(row.model, row.model.readings[row.reading]);
      const { fit } = analyse(made.points).laws[0];
      const [beta, r2] = row.published;
      expect(row.model.beta).toBe(beta);
      expect(row.model.r2).toBe(r2);
      expect(Math.abs(fit.value('beta') - beta)).toBeLessThan(0.05);
      expect(Math.abs(fit.r2! - r2)).toBeLessThan(0.02);
    },
  );

  test('the endpoints are met exactly', () => {
    for (const { reading, points } of reconstructions()) {
      for (const { devices, seconds } of [reading.first, reading.last])
        expect(points.find((point) => point.devices === devices)?.seconds).toBeCloseTo(seconds, 10);
    }
  });

  test.each([
    [dimenet, 150],
    [nnconv, 58],
    [schnet, 21],
    [pna, 5.8],
  ])('$title: half of an epoch is fixed cost at about %d devices', (model, half) => {
    const analysis = analyse(reconstruct(model).points);
    expect(Number(analysis.inflection!.half!.devices.toPrecision(2))).toBe(half);
    // The overhead law, which knows nothing of steps, finds about the same.
    const overhead = analysis.laws.find(({ fit }) => fit.law.name === 'overhead')!.fit;
    expect(Math.abs(halfPointOf(overhead).devices / half - 1)).toBeLessThan(0.13);
  });

  test.each([
    [dimenet, 0.24],
    [nnconv, 0.12],
    [schnet, 0.052],
    [pna, 0.058],
  ])('$title: efficiency at the last time given, against 2 devices, is %d', (model, efficiency) => {
    const { last } = model.readings[0];
    const row = analyse(reconstruct(model).points).rows.find(({ devices }) => devices === last.devices);
    expect(Number(row!.efficiency.toPrecision(2))).toBe(efficiency);
  });

  test.each([dimenet, nnconv, schnet, pna])(
    '$title: from n <= 32 with 5 % noise the power law errs by 60 to 80 % at the largest count, the mechanisms by 20 % at most',
    (model) => {
      const { points } = reconstruct(model);
      const truth = points[points.length - 1];
      const errors: Record<string, number[]> = { power: [], overhead: [], staircase: [] };
      for (let seed = 1; seed <= 100; seed++) {
        const shaken = noisy((n) => points.find((point) => point.devices === n)!.seconds, 0.05, seed);
        const few = points
          .filter((point) => point.devices <= 32)
          .map((point) => ({ ...point, seconds: shaken(point.devices) }));
        for (const { fit } of analyse(few).laws)
          errors[fit.law.name]?.push(Math.abs(fit.predict(truth.devices) / truth.seconds - 1));
      }
      expect(median(errors.power)).toBeGreaterThan(0.6);
      expect(median(errors.power)).toBeLessThan(0.8);
      expect(median(errors.overhead)).toBeLessThan(0.2);
      expect(median(errors.staircase)).toBeLessThan(0.2);
    },
  );
});
