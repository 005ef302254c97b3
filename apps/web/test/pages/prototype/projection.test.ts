import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asItLies,
  bestTurn,
  bodyOf,
  shapesOf,
  type Turn,
  turned,
  type Vector,
} from '../../../src/pages/prototype/projection.ts';

const water = bodyOf({
  atomicNumbers: [8, 1, 1],
  positions: [
    [0, 0, 0],
    [0.96, 0, 0],
    [-0.24, 0.93, 0],
  ],
  bonds: [
    [0, 1, 1],
    [0, 2, 1],
  ],
});
const angle = fc.double({ min: -7, max: 7, noNaN: true });
const turns = fc.array(fc.tuple(angle, angle), { maxLength: 20 });
const product = (u: Vector, v: Vector) => u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
const after = (steps: readonly (readonly [number, number])[]) =>
  steps.reduce<Turn>((turn, [across, upward]) => turned(turn, across, upward), asItLies);

describe('a molecule on the page', () => {
  it('is turned without being bent, however often', () => {
    fc.assert(
      fc.property(turns, (steps) => {
        const turn = after(steps);
        for (const [i, row] of turn.entries()) {
          for (const [j, other] of turn.entries()) {
            expect(product(row, other)).toBeCloseTo(Number(i === j), 9);
          }
        }
      }),
    );
  });

  it('is first seen from where it is broadest, unbent, even where it is a line or a point', () => {
    const place = fc.double({ min: -5, max: 5, noNaN: true });
    const atom = fc.tuple(place, place, fc.double({ min: -0.1, max: 0.1, noNaN: true }));
    const flat = fc.array(atom, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(flat, turns, (positions, steps) => {
        // The molecule lies in its file however it likes.
        const lying = after(steps);
        const body = bodyOf({
          atomicNumbers: positions.map(() => 6),
          positions: positions.map((at) => [
            product(lying[0], at),
            product(lying[1], at),
            product(lying[2], at),
          ]),
          bonds: [],
        });
        const turn = bestTurn(body);
        for (const [i, row] of turn.entries()) {
          for (const [j, other] of turn.entries())
            expect(product(row, other)).toBeCloseTo(Number(i === j), 6);
        }
        const extent = (axis: Vector) => Math.hypot(...body.points.map((at) => product(axis, at)));
        // Seen a little from the side, its depth is a part of its width, and never all of it.
        expect(extent(turn[2])).toBeLessThan(0.7 * Math.hypot(extent(turn[0]), extent(turn[1])) + 0.5);
      }),
    );
  });

  it('is seen whole from every side', () => {
    fc.assert(
      fc.property(turns, (steps) => {
        for (const shape of shapesOf(water, after(steps), 1)) {
          if (shape.kind === 'ball') expect(Math.hypot(...shape.at) + shape.radius).toBeLessThan(1);
        }
      }),
    );
  });

  it('has what is nearer drawn later, and nearer balls larger', () => {
    fc.assert(
      fc.property(turns, (steps) => {
        const shapes = shapesOf(water, after(steps), 1);
        const depths = shapes.map(({ depth }) => depth);
        expect(depths).toEqual(depths.toSorted((a, b) => a - b));
        const hydrogens = shapes.filter((shape) => shape.kind === 'ball' && shape.atom > 0);
        const [far, near] = hydrogens.map((shape) => (shape.kind === 'ball' ? shape.radius : 0));
        expect(near).toBeGreaterThanOrEqual(far ?? 0);
      }),
    );
  });

  it('has as many sticks for a bond as its order', () => {
    const sticks = (order: number) => {
      const body = bodyOf({ ...water.molecule, bonds: [[0, 1, order]] });
      return shapesOf(body, asItLies, 1).filter(({ kind }) => kind === 'stick').length / 2;
    };
    expect([1, 2, 3, 4].map(sticks)).toEqual([1, 2, 3, 2]);
  });

  it('may lie in one point, and then is one', () => {
    const body = bodyOf({
      atomicNumbers: [1, 1],
      positions: [
        [0, 0, 0],
        [0, 0, 0],
      ],
      bonds: [[0, 1, 1]],
    });
    for (const shape of shapesOf(body, asItLies, 1)) {
      for (const value of shape.kind === 'ball' ? shape.at : [...shape.from, ...shape.to]) {
        expect(Number.isFinite(value)).toBe(true);
      }
    }
  });
});
