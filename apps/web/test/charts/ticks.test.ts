import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviceTicks, linearTicks, logDomain, logTicks } from '../../src/charts/ticks.ts';

describe('device ticks', () => {
  test('powers of two come first, other measured counts where there is room', () => {
    expect(deviceTicks([1, 2, 3, 4], [0.9, 5], 400)).toEqual([1, 2, 3, 4]);
    expect(deviceTicks([2, 4, 364, 416], [1.8, 440], 700)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 364]);
  });
  test('labels never stand nearer than asked', () => {
    const counts = fc.uniqueArray(fc.integer({ min: 1, max: 4096 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 150, max: 1200 }), (measured, pixels) => {
        const domain = [Math.min(...measured) / 1.12, Math.max(...measured, 2) * 1.1] as const;
        const ticks = deviceTicks(measured, domain, pixels, 30);
        const place = (tick: number) =>
          (pixels * Math.log(tick / domain[0])) / Math.log(domain[1] / domain[0]);
        for (let i = 1; i < ticks.length; i++)
          expect(place(ticks[i]!) - place(ticks[i - 1]!)).toBeGreaterThanOrEqual(29.999);
      }),
    );
  });
});

describe('logarithmic ticks', () => {
  test('one, two and five in each decade where there are two decades', () => {
    expect(logTicks(0.5, 50)).toEqual([0.5, 1, 2, 5, 10, 20, 50]);
  });
  test('some are there for any range, all of them inside', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: 1.5, max: 1e6, noNaN: true }),
        (low, ratio) => {
          const ticks = logTicks(low, low * ratio);
          expect(ticks.length).toBeGreaterThan(0);
          expect(ticks.length).toBeLessThan(14);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low * (1 - 1e-8));
            expect(tick).toBeLessThanOrEqual(low * ratio * (1 + 1e-8));
          }
        },
      ),
    );
  });
  test('the domain holds every value with room to spare', () => {
    const [low, high] = logDomain([0.5, 8, 2]);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(8);
    expect(logDomain([])).toEqual([0.1, 10]);
  });
});

test('linear ticks start at zero and reach the top', () => {
  expect(linearTicks(8.1)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(linearTicks(0)).toEqual([0, 1]);
});
