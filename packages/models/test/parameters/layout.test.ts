import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant, given, normal, uniform, xavierUniform, zeros } from '../../src/parameters/initialisers.ts';
import {
  initialiseParameters,
  LayoutBuilder,
  namedValues,
  parameterValues,
} from '../../src/parameters/layout.ts';

const layout = () =>
  new LayoutBuilder()
    .add('embedding.weight', [10, 4], normal)
    .linear('lin1', 4, 6, xavierUniform, zeros)
    .linear('lin2', 6, 1, uniform(0.1));

describe('a layout', () => {
  it('lays parameters one after another, weights as [out, in]', () => {
    const { entries, size } = layout().build();
    expect(entries.map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
      ['embedding.weight', [10, 4], 0],
      ['lin1.weight', [6, 4], 40],
      ['lin1.bias', [6], 64],
      ['lin2.weight', [1, 6], 70],
    ]);
    expect(size).toBe(76);
  });

  it('refuses a name twice and an empty shape', () => {
    expect(() => layout().add('lin1.bias', [6], zeros)).toThrow('two parameters named "lin1.bias"');
    expect(() => layout().add('odd', [3, 0], zeros)).toThrow('"odd" has the shape [3,0]');
  });

  it('gives views that write through to the flat vector', () => {
    const built = layout().build();
    const flat = new Float32Array(built.size);
    parameterValues(flat, built.entries[2]).fill(7);
    expect(flat.indexOf(7)).toBe(64);
    expect(Array.from(namedValues(built, flat)['lin1.bias'])).toEqual(Array(6).fill(7));
    expect(() => namedValues(built, new Float32Array(75))).toThrow('76 parameters, the vector 75');
  });
});

describe('starting values', () => {
  it('are the same for the same seed and others for another', () => {
    const built = layout().build();
    expect(initialiseParameters(built, 5)).toEqual(initialiseParameters(built, 5));
    expect(initialiseParameters(built, 5)).not.toEqual(initialiseParameters(built, 6));
  });

  it('of one parameter do not depend on the others', () => {
    const seed = fc.integer({ min: 0, max: 2 ** 53 - 1 });
    fc.assert(
      fc.property(seed, (s) => {
        const built = layout().build();
        const longer = new LayoutBuilder()
          .add('first', [33], normal)
          .add('lin1.weight', [6, 4], xavierUniform)
          .build();
        const same = namedValues(longer, initialiseParameters(longer, s))['lin1.weight'];
        expect(same).toEqual(namedValues(built, initialiseParameters(built, s))['lin1.weight']);
      }),
      { numRuns: 20 },
    );
  });

  const many = (initialise: Parameters<LayoutBuilder['add']>[2]) =>
    initialiseParameters(new LayoutBuilder().add('p', [200, 101], initialise).build(), 4);
  const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = (values: Float32Array) => mean(values.map((v) => v * v)) - mean(values) ** 2;

  it('of the normal initialiser have mean 0, variance 1 and normal tails', () => {
    const values = many(normal);
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(variance(values)).toBeCloseTo(1, 1);
    const beyond = values.filter((v) => Math.abs(v) > 2).length / values.length;
    expect(beyond).toBeGreaterThan(0.039);
    expect(beyond).toBeLessThan(0.052);
  });

  it('of the uniform ones fill their bounds evenly', () => {
    const bound = Math.sqrt(6 / (200 + 101));
    const values = many(xavierUniform);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(variance(values) / (bound ** 2 / 3)).toBeCloseTo(1, 1);
    expect(variance(many(uniform(0.5))) / (0.25 / 3)).toBeCloseTo(1, 1);
  });

  it('of the fixed ones are what was given', () => {
    const fixed = new LayoutBuilder()
      .add('a', [2], given([3, 4]))
      .add('b', [2], constant(9))
      .build();
    expect(Array.from(initialiseParameters(fixed, 1))).toEqual([3, 4, 9, 9]);
  });
});
