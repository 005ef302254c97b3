import { describe, expect, it } from 'vitest';
import { fnv1a, namedStream } from '../../src/parameters/random.ts';
import { hashedNumber } from '../../src/parity.ts';
import { goldenFill } from '../support/golden.ts';

describe('named streams', () => {
  it('hash names as FNV-1a does', () => {
    expect(fnv1a('')).toBe(0x811c9dc5);
    expect(fnv1a('mlp.0.weight')).toBe(goldenFill['fnv_mlp.0.weight']);
  });

  it('are even over [0, 1), and no two names or seeds go together', () => {
    const draw = (name: string, seed: number) => {
      const next = namedStream(name, seed);
      return Float64Array.from({ length: 4000 }, next);
    };
    const streams = [draw('a', 1), draw('b', 1), draw('a', 2), draw('a', 2 ** 40 + 1)];
    const centred = streams.map((stream) => stream.map((v) => v - 0.5));
    for (const [i, a] of centred.entries()) {
      expect(Math.min(...streams[i])).toBeGreaterThanOrEqual(0);
      expect(Math.max(...streams[i])).toBeLessThan(1);
      for (const [j, b] of centred.entries()) {
        const correlation = 12 * (a.reduce((sum, v, k) => sum + v * b[k], 0) / a.length);
        if (i === j) expect(correlation).toBeCloseTo(1, 1);
        else expect(Math.abs(correlation)).toBeLessThan(0.08);
      }
    }
  });

  it('the weights of golden runs are hashed as their maker hashed them', () => {
    goldenFill.vals_first5.forEach((value, k) => {
      expect(hashedNumber('mlp.0.weight', k)).toBeCloseTo(value, 14);
    });
  });
});
