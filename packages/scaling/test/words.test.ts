import { describe, expect, test } from 'vitest';
import { devices, duration, interval95, number, percent } from '../src/words.ts';

describe('numbers in sentences', () => {
  test.each([
    [0.849999, '0.85'],
    [30_912.4, '30,900'],
    [0.00001234, '1.23e-5'],
    [0, '0'],
    [-2.5, '-2.5'],
  ])('%d is written %s', (value, text) => {
    expect(number(value)).toBe(text);
  });

  test.each([
    [0, '0 s'],
    [2.5e-5, '25 µs'],
    [0.021, '21 ms'],
    [0.85, '0.85 s'],
    [599, '599 s'],
    [1200, '20 min'],
    [36_000, '10 h'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test('shares are per cent, and one device is not two', () => {
    expect(percent(0.614)).toBe('61 %');
    expect(percent(0.052)).toBe('5 %');
    expect(devices(1)).toBe('1 device');
    expect(devices(416)).toBe('416 devices');
  });
  test('an interval stands behind its number, without a bound where there is none, and not at all where it is unknown', () => {
    expect(interval95({ low: 0.31, high: 0.53 })).toBe(' (95 % interval 0.31 to 0.53)');
    expect(interval95({ low: -0.2, high: 0.1 })).toBe(' (95 % interval -0.2 to 0.1)');
    expect(interval95({ low: 1200, high: Number.POSITIVE_INFINITY })).toBe(
      ' (95 % interval at least 1,200, no upper bound)',
    );
    expect(interval95(null)).toBe('');
  });
});
