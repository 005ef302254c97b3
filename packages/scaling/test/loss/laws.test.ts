import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lossLaws, lossOffsetPower, lossPower } from '../../src/loss/laws.ts';
import { fitted, unfitted, unknown } from '../laws/fitted.ts';
import { curve, noisy } from '../times.ts';

/** 250 to 128,000 molecules. */
const sizes = Array.from({ length: 10 }, (_, k) => 250 * 2 ** k);
const floored = (size: number) => 0.02 + 8 * size ** -0.45;

describe('the laws of errors', () => {
  test('recover what was planted', () => {
    const power = fitted(
      lossPower,
      curve((size) => 8 * size ** -0.45, sizes),
      unknown,
    );
    expect(power.value('A')).toBeCloseTo(8, 6);
    expect(power.value('alpha')).toBeCloseTo(0.45, 9);
    const offset = fitted(lossOffsetPower, curve(floored, sizes), unknown);
    expect(offset.value('L0')).toBeCloseTo(0.02, 6);
    expect(offset.value('A')).toBeCloseTo(8, 2);
    expect(offset.value('alpha')).toBeCloseTo(0.45, 4);
  });

  test('95 % intervals hold the planted numbers 95 times in 100', () => {
    const runs = 400;
    for (const [law, time, planted] of [
      [lossPower, (size: number) => 8 * size ** -0.45, { A: 8, alpha: 0.45 }],
      [lossOffsetPower, floored, { L0: 0.02, A: 8, alpha: 0.45 }],
    ] as const) {
      const hits = new Map<string, number>();
      for (let seed = 1; seed <= runs; seed++) {
        for (const { symbol, interval } of fitted(law, curve(noisy(time, 0.03, seed), sizes), unknown)
          .estimates) {
          const value = (planted as Record<string, number>)[symbol];
          if (interval && interval.low <= value && value <= interval.high)
            hits.set(symbol, (hits.get(symbol) ?? 0) + 1);
        }
      }
      for (const symbol of Object.keys(planted)) {
        expect(hits.get(symbol)! / runs).toBeGreaterThan(0.917);
        expect(hits.get(symbol)! / runs).toBeLessThan(0.983);
      }
    }
  });

  test.each(lossLaws.map((law) => [law.name, law] as const))(
    '%s: the exponent cares neither for the unit of the error nor for that of the size',
    (_, law) => {
      const unit = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
      fc.assert(
        fc.property(unit, unit, fc.nat(), (error, size, seed) => {
          const time = noisy(floored, 0.02, seed);
          const points = curve(time, sizes);
          const fit = fitted(law, points, unknown);
          const scaled = fitted(
            law,
            points.map((one) => ({ ...one, devices: size * one.devices, seconds: error * one.seconds })),
            unknown,
          );
          expect(scaled.value('alpha') / fit.value('alpha')).toBeCloseTo(1, 3);
          for (const one of [300, 5_000, 1e6])
            expect(scaled.predict(size * one) / (error * fit.predict(one))).toBeCloseTo(1, 3);
        }),
        { numRuns: 20 },
      );
    },
  );

  test('never foretell an error that is not positive', () => {
    const errors = fc.array(fc.double({ min: 1e-3, max: 10, noNaN: true }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(errors, (list) => {
        const points = sizes.map((devices, k) => ({ devices, seconds: list[k], runs: 1 }));
        for (const law of lossLaws) {
          const result = law.fit(points, unknown);
          if ('unfit' in result) continue;
          for (const size of [1, 250, 1e5, 1e8]) expect(result.predict(size)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('say in words that an error does not fall', () => {
    const [sentence] = fitted(
      lossPower,
      curve((size) => 0.01 * size ** 0.3, sizes),
      unknown,
    ).describe();
    expect(sentence).toMatch(/^The error does not fall with the size: it goes as D\^0\.3/);
  });

  test('have no floor to find in errors that grow', () => {
    expect(
      unfitted(
        lossOffsetPower,
        curve((size) => 0.01 * size ** 0.3, sizes),
        unknown,
      ),
    ).toMatch(/do not fall/);
  });
});
