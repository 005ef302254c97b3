import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundedBytes } from '../../src/webgpu/pool.ts';

describe('sizes of buffers', () => {
  const size = fc.integer({ min: 1, max: 2 ** 31 }).map((words) => 4 * words);

  it('are a quarter larger at most, whole numbers of four bytes, and stay as they are once rounded', () => {
    fc.assert(
      fc.property(size, (bytes) => {
        const rounded = roundedBytes(bytes);
        expect(rounded).toBeGreaterThanOrEqual(bytes);
        expect(rounded).toBeLessThanOrEqual(1.25 * bytes);
        expect(rounded % 4).toBe(0);
        expect(roundedBytes(rounded)).toBe(rounded);
      }),
    );
  });

  it('are four to an octave, powers of two among them', () => {
    const sizes = new Set(Array.from({ length: 4096 }, (_, k) => roundedBytes(4096 + 4 * (k % 1024) + 4)));
    expect([...sizes]).toEqual([5120, 6144, 7168, 8192]);
    for (let power = 2; power <= 32; power++) expect(roundedBytes(2 ** power)).toBe(2 ** power);
  });
});
