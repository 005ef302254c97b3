import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Axes, axesOf, withBandThatFits } from '../../src/charts/scaling-axes.ts';
import type { ChartSeries } from '../../src/charts/series.ts';

/** One decade of seconds upward, devices 1 to 16 across. */
const axes: Axes = { x: [1, 16], y: [1, 10], xTicks: [], yTicks: [] };

/** A law through 3 s whose band is so many times as high at its top as at its bottom. */
function series(ratio: number, part: Partial<ChartSeries> = {}): ChartSeries {
  const half = Math.sqrt(ratio);
  return {
    ...{ key: 'a', label: 'a', style: 0, points: [] },
    line: { from: 1, to: 16, solidTo: 4, at: () => 3, band: () => ({ low: 3 / half, high: 3 * half }) },
    ...part,
  };
}

describe('a band that would fill the plot', () => {
  test('is left out, and its line stays; one that leaves the points room is drawn', () => {
    // 55 % of a decade is a factor of 3.5.
    expect(withBandThatFits(series(3.4), axes, 'log').line?.band).toBeDefined();
    const bare = withBandThatFits(series(3.7), axes, 'log');
    expect(bare.line?.band).toBeUndefined();
    expect([bare.line?.at(2), bare.line?.from, bare.line?.to, bare.line?.solidTo]).toEqual([3, 1, 16, 4]);
  });

  test('is measured by what of it is on the plot, where the points are, not where the law is only foretold', () => {
    const flaring = series(1, {
      line: {
        ...{ from: 1, to: 16, solidTo: 4, at: () => 3 },
        band: (x) => (x <= 4 ? { low: 2.8, high: 3.2 } : { low: 1e-9, high: 1e9 }),
      },
    });
    expect(withBandThatFits(flaring, axes, 'log')).toBe(flaring);
    // Of a band that hangs below the axis only the rest hides anything.
    const low = series(1, {
      line: { ...flaring.line!, band: () => ({ low: 1e-6, high: 3 }) },
    });
    expect(withBandThatFits(low, axes, 'log')).toBe(low);
  });

  test('depends on the axis: what fills a linear one may be thin on a logarithmic one', () => {
    const wide: Axes = { ...axes, y: [0.001, 10] };
    const tall = series(1, {
      line: { ...series(1).line!, band: () => ({ low: 2, high: 9 }) },
    });
    expect(withBandThatFits(tall, wide, 'log').line?.band).toBeDefined();
    expect(withBandThatFits(tall, { ...wide, y: [0, 10] }, 'linear').line?.band).toBeUndefined();
  });

  test('is kept where it is all there is: a forecast has no points to hide', () => {
    const forecast = series(1e6, { forecast: true });
    expect(withBandThatFits(forecast, axes, 'log')).toBe(forecast);
  });

  test('is not asked for where a series has no line or no band', () => {
    const { line: _, ...pointsOnly } = series(2);
    const { band: __, ...line } = series(2).line!;
    for (const one of [pointsOnly, { ...pointsOnly, line }])
      expect(withBandThatFits(one, axes, 'log')).toBe(one);
  });

  test('once left out stays out as it widens: any band within a drawn one is drawn too', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        (a, more) => {
          const drawn = (ratio: number) =>
            withBandThatFits(series(ratio), axes, 'log').line?.band !== undefined;
          if (drawn(a * more)) expect(drawn(a)).toBe(true);
        },
      ),
    );
  });
});

test('the axes hold every point, and of a fit its line but not its band', () => {
  const point = { x: 2, y: 3, low: 2.5, high: 3.5, hollow: false, faint: false, tip: () => [] };
  const { y } = axesOf([series(1e6, { points: [point] })], [1, 2, 4], 'log', 600, 380);
  expect(y[0]).toBeLessThan(2.5);
  expect(y[1]).toBeGreaterThan(3.5);
  expect(y[1]).toBeLessThan(100);
  const forecast = axesOf([series(1e4, { forecast: true })], [1, 2, 4], 'log', 600, 380);
  expect(forecast.y[1]).toBeGreaterThanOrEqual(300);
});
