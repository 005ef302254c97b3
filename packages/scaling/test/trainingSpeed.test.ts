import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trainingSpeed } from '../src/index.ts';

const losses = fc.array(fc.double({ min: 0, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('trainingSpeed', () => {
  test('is the sum of the losses, and the sum in which early ones fade by 0.9 an epoch', () => {
    expect(trainingSpeed([4, 2, 1])).toEqual({ sum: 7, faded: 0.81 * 4 + 0.9 * 2 + 1, epochs: 3 });
  });

  test('a setting whose loss is lower in every epoch is faster by both', () => {
    fc.assert(
      fc.property(losses, (slow) => {
        const a = trainingSpeed(slow);
        const b = trainingSpeed(slow.map((loss) => 0.9 * loss));
        expect(b?.sum).toBeLessThanOrEqual(a?.sum ?? Number.NaN);
        expect(b?.faded).toBeLessThanOrEqual(a?.faded ?? Number.NaN);
      }),
    );
  });

  test('looks at the epochs that count alone', () => {
    fc.assert(
      fc.property(losses, losses, (first, later) => {
        expect(trainingSpeed([...first, ...later], first.length)).toEqual(trainingSpeed(first));
      }),
    );
  });

  test('says nothing of too few epochs, or of a training that diverged', () => {
    expect(trainingSpeed([])).toBeUndefined();
    expect(trainingSpeed([1, 2], 3)).toBeUndefined();
    expect(trainingSpeed([1, Number.NaN])).toBeUndefined();
  });
});
