import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spread } from '../../src/charts/labels.ts';

test('labels never cover each other and never leave the edges', () => {
  const labels = fc.array(
    fc.record({ y: fc.double({ min: -50, max: 450, noNaN: true }), height: fc.constant(16) }),
    {
      maxLength: 80,
    },
  );
  fc.assert(
    fc.property(labels, (given) => {
      const placed = spread(
        given.map((label, index) => ({ ...label, key: String(index) })),
        0,
        400,
      );
      expect(placed.length).toBeGreaterThanOrEqual(Math.min(given.length, 12));
      for (const label of placed) {
        expect(label.at).toBeGreaterThanOrEqual(8 - 1e-9);
        expect(label.at).toBeLessThanOrEqual(392 + 1e-9);
      }
      for (let i = 1; i < placed.length; i++)
        expect(placed[i]!.at - placed[i - 1]!.at).toBeGreaterThanOrEqual(16 - 1e-9);
    }),
  );
});

test('a label with room around it stands where it wishes', () => {
  expect(spread([{ key: 'a', y: 100, height: 16 }], 0, 400)[0]!.at).toBe(100);
});
