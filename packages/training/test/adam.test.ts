import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adamState, adamStep } from '../src/adam.ts';

interface AdamFixture {
  readonly torch: string;
  readonly start: number[];
  readonly gradients: number[][];
  readonly cases: {
    readonly learningRate: number;
    readonly after: number[][];
    readonly firstMoment: number[];
    readonly secondMoment: number[];
  }[];
}

const fixture: AdamFixture = JSON.parse(
  readFileSync(new URL('./fixtures/adam.json', import.meta.url), 'utf8'),
);

/** Relative to `scale`: the largest a parameter has been, where it may pass through zero. */
function expectClose(
  values: ArrayLike<number>,
  expected: readonly number[],
  relative: number,
  scale: readonly number[] = expected,
): void {
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(values[i] - expected[i])).toBeLessThanOrEqual(relative * Math.abs(scale[i]));
  }
}

describe('the flat Adam step', () => {
  it.each(fixture.cases)('equals torch.optim.Adam over 20 steps at learning rate $learningRate', (torch) => {
    const parameters = Float32Array.from(fixture.start);
    const state = adamState(parameters.length);
    const scale = fixture.start.map((p, i) =>
      Math.max(Math.abs(p), ...torch.after.map((a) => Math.abs(a[i]))),
    );
    for (const [t, gradient] of fixture.gradients.entries()) {
      adamStep(parameters, Float32Array.from(gradient), state, torch.learningRate);
      expectClose(parameters, torch.after[t], 1e-6, scale);
    }
    expect(state.step).toBe(20);
    expectClose(state.firstMoment, torch.firstMoment, 1e-5);
    expectClose(state.secondMoment, torch.secondMoment, 1e-6);
  });

  it('takes a scaled gradient as it takes the gradient times the scale', () => {
    const run = (scale: number) => {
      const parameters = Float32Array.from(fixture.start);
      const state = adamState(parameters.length);
      for (const gradient of fixture.gradients) {
        const scaled = Float32Array.from(gradient, (g) => g / scale);
        adamStep(parameters, scaled, state, 1e-3, scale);
      }
      return parameters;
    };
    expect(run(8)).toEqual(run(1));
  });
});
