import { describe, expect, it } from 'vitest';
import type { Progress, Trouble } from '../../src/prototype/messages.ts';
import { cleared, firstView, thinned, told } from '../../src/prototype/view.ts';

const ready = {
  type: 'ready' as const,
  backend: 'wasm',
  device: 'WebAssembly, 1 thread, SIMD',
  fallbacks: [],
  parameters: 10,
  train: 80,
  validation: 10,
  stepsPerEpoch: 5,
  batch: 16,
  largest: null,
  target: { name: 'gap', title: 'Gap', unit: 'eV', std: 1 },
};
const progress = (changes: Partial<Progress> = {}): Progress => ({
  type: 'progress',
  taken: 2,
  epoch: 1,
  step: 2,
  at: Float32Array.of(0.2, 0.4),
  loss: Float32Array.of(2, 1),
  molecules: 32,
  seconds: 0.1,
  memory: 1000,
  launches: null,
  learningRate: 1e-3,
  running: true,
  ...changes,
});
const trouble = (changes: Partial<Trouble> = {}): Trouble => ({
  type: 'trouble',
  kind: 'input',
  message: 'No.',
  fields: {},
  from: null,
  ...changes,
});
const running = { ...firstView, phase: 'running' as const, ready };

describe('what the page shows of its worker', () => {
  it('adds the steps told of to the loss, and reckons the pace from them', () => {
    const view = told(told(running, progress()), progress({ taken: 4, at: Float32Array.of(0.6, 0.8) }));
    expect(view.trainLoss.map(({ y }) => y)).toEqual([2, 1, 2, 1]);
    expect(view.pace?.moleculesPerSecond).toBeCloseTo(320);
    expect(view.pace?.secondsPerStep).toBeCloseTo(0.05);
  });

  it('keeps the pace of the last steps while none are taken', () => {
    const still = progress({
      at: new Float32Array(0),
      loss: new Float32Array(0),
      seconds: 0,
      running: false,
    });
    const view = told(told(running, progress()), still);
    // It is the page that pauses: what an older pace ended with may come after a newer one.
    expect(view.phase).toBe('running');
    expect(view.pace?.secondsPerStep).toBeCloseTo(0.05);
  });

  it('lets a broken file pass by a training that runs, and stops for a lost device with where to go on from', () => {
    expect(told(running, trouble())).toMatchObject({ phase: 'running', trouble: { message: 'No.' } });
    const from = { state: new Uint8Array(3), step: 2, taken: 7 };
    expect(told(running, trouble({ kind: 'device', from }))).toMatchObject({ phase: 'broken', from });
    expect(told({ ...firstView, phase: 'preparing' }, trouble()).phase).toBe('idle');
  });

  it('starts a line of scores again from where it is scored again', () => {
    const score = (at: number, loss: number) => ({
      type: 'score' as const,
      at,
      loss,
      mae: loss,
      truth: new Float32Array(0),
      predicted: new Float32Array(0),
      atoms: new Uint16Array(0),
    });
    const view = [score(0, 3), score(1, 2), score(1, 1)].reduce(told, running);
    expect(view.validationLoss).toEqual([
      { x: 0, y: 3 },
      { x: 1, y: 1 },
    ]);
  });

  it('forgets what was trained and keeps what can be chosen', () => {
    const cards = { models: [], datasets: [] };
    expect(cleared({ ...told(running, progress()), cards })).toEqual({ ...firstView, cards });
  });

  it('halves a line that has grown too long and keeps its last point', () => {
    const line = Array.from({ length: 3_001 }, (_, k) => ({ x: k, y: k % 2 }));
    const half = thinned(line);
    expect(half).toHaveLength(1_501);
    expect(half[0]).toEqual({ x: 1, y: 0.5 });
    expect(half.at(-1)).toEqual(line.at(-1));
  });
});
