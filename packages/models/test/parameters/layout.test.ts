import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constant,
  fanInUniform,
  given,
  glorotOrthogonal,
  normal,
  scaledNormal,
  uniform,
  xavierUniform,
  zeros,
} from '../../src/parameters/initialisers.ts';
import {
  BufferBuilder,
  initialiseParameters,
  LayoutBuilder,
  namedValues,
  parameterValues,
  startBuffers,
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

describe('buffers', () => {
  const buffers = new BufferBuilder()
    .add('mean', [3], () => {})
    .add('degree', [1], (values, { degreeHistogram }) => values.fill(degreeHistogram.length))
    .counter('batches')
    .build();

  it('lie one after another, a counter as a single number', () => {
    expect(buffers.entries.map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
      ['mean', [3], 0],
      ['degree', [1], 3],
      ['batches', [], 4],
    ]);
  });

  it('start from what is known of the data; a model without has none', () => {
    const data = { degreeHistogram: [0, 2, 5] };
    expect([...startBuffers({ buffers }, data)]).toEqual([0, 0, 0, 3, 0]);
    expect(startBuffers({}, data)).toHaveLength(0);
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

  it('of a Linear of torch fill 1 / sqrt(in)', () => {
    expect(variance(many(fanInUniform)) * 3 * 101).toBeCloseTo(1, 1);
    const { entries, size } = new LayoutBuilder().torchLinear('l', 4, 3).build();
    expect(size).toBe(15);
    const bias = initialiseParameters({ entries, size }, 1).subarray(12);
    expect(Math.max(...bias.map(Math.abs))).toBeLessThanOrEqual(0.5);
    expect(bias.every((v) => v !== 0)).toBe(true);
  });

  it('of the scaled normal initialiser have its deviation', () => {
    expect(Math.sqrt(variance(many(scaledNormal(0.02))))).toBeCloseTo(0.02, 3);
  });

  it.each([
    [5, 9],
    [9, 5],
    [16, 16],
    [1, 8],
  ])(
    'of the orthogonal one, %i x %i, are orthogonal and have the variance 2 / (in + out)',
    (rows, columns) => {
      const built = new LayoutBuilder().add('w', [rows, columns], glorotOrthogonal).build();
      const values = initialiseParameters(built, 3);
      const unbiased = (variance(values) * values.length) / (values.length - 1);
      expect(unbiased * (rows + columns)).toBeCloseTo(2, 4);
      const count = Math.min(rows, columns);
      const vector = (v: number) =>
        Array.from({ length: Math.max(rows, columns) }, (_, k) =>
          rows <= columns ? values[v * columns + k] : values[k * columns + v],
        );
      const dot = (a: number[], b: number[]) => a.reduce((sum, x, k) => sum + x * b[k], 0);
      const length = dot(vector(0), vector(0));
      for (let u = 0; u < count; u++)
        for (let v = 0; v < count; v++)
          expect(dot(vector(u), vector(v)) / length).toBeCloseTo(u === v ? 1 : 0, 5);
    },
  );

  it('of the fixed ones are what was given', () => {
    const fixed = new LayoutBuilder()
      .add('a', [2], given([3, 4]))
      .add('b', [2], constant(9))
      .build();
    expect(Array.from(initialiseParameters(fixed, 1))).toEqual([3, 4, 9, 9]);
  });
});
