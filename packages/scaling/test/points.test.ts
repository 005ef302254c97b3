import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EpochRecord,
  type MeasuredRun,
  pointOfRun,
  pointsOfRuns,
  pointsOfTimes,
  seriesName,
  stepsPerEpoch,
} from '../src/index.ts';

function epoch(number: number, seconds: number, more: Partial<EpochRecord> = {}): EpochRecord {
  return { attempt: 1, epoch: number, seconds, steps: 4, samples: 1000, padded: 24, imbalance: 1.1, ...more };
}

function run(epochs: readonly EpochRecord[], more: Partial<MeasuredRun> = {}): MeasuredRun {
  return {
    id: 'r1',
    series: 'schnet small',
    devices: 8,
    repeat: 0,
    protocol: 'fixed-per-device-batch',
    batchPerDevice: 32,
    oversubscribed: false,
    epochs,
    ...more,
  };
}

describe('the point of a run', () => {
  test('is the median of its epochs from the second on', () => {
    const point = pointOfRun(run([epoch(1, 9), epoch(2, 2), epoch(3, 4), epoch(4, 3)]));
    expect(point).toMatchObject({ seconds: 3, spread: 1, epochSeconds: [2, 4, 3], warmUpOnly: false });
  });

  test('uses the first epoch where there is no other, and says so', () => {
    expect(pointOfRun(run([epoch(1, 9)]))).toMatchObject({ seconds: 9, spread: 0, warmUpOnly: true });
  });

  test('leaves out the first epoch of every attempt: a resumed run warms up again', () => {
    const point = pointOfRun(
      run([epoch(1, 9), epoch(2, 2), epoch(3, 8, { attempt: 2 }), epoch(4, 2.2, { attempt: 2 })]),
    );
    expect(point?.epochSeconds).toEqual([2, 2.2]);
  });

  test('does not depend on the order in which epochs arrived', () => {
    const late = pointOfRun(run([epoch(3, 4), epoch(1, 9), epoch(2, 2)]));
    expect(late?.seconds).toBe(3);
  });

  test('has none before an epoch is measured', () => {
    expect(pointOfRun(run([]))).toBeUndefined();
    expect(pointOfRun(run([epoch(1, 0)]))).toBeUndefined();
  });

  test('carries steps, global batch, padding, imbalance and whether devices were shared', () => {
    const epochs = [epoch(1, 9), epoch(2, 2, { imbalance: 1.3 }), epoch(3, 2, { imbalance: 1.1 })];
    expect(pointOfRun(run(epochs, { oversubscribed: true }))).toMatchObject({
      samples: 1000,
      steps: 4,
      globalBatch: 256,
      padding: 0.024,
      imbalance: 1.2000000000000002,
      oversubscribed: true,
    });
  });

  test('moves with the unit of time, and one wild epoch does not carry it beyond the others', () => {
    const seconds = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 5, maxLength: 20 }), (list) => {
        const epochs = list.map((value, i) => epoch(i + 1, value));
        const scaled = epochs.map((record) => ({ ...record, seconds: 1000 * record.seconds }));
        const point = pointOfRun(run(epochs))!;
        expect(pointOfRun(run(scaled))!.seconds).toBeCloseTo(1000 * point.seconds, 6);
        expect(pointOfRun(run([...epochs, epoch(99, 1e6)]))!.seconds).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('the points of an experiment', () => {
  const spec = (devices: number, repeat: number) => ({
    model: { name: 'schnet', preset: 'small', options: {} },
    dataset: {
      name: 'bundled',
      split: { train: 0.8, validation: 0.1, test: 0.1, seed: 42 },
      options: {},
    },
    training: {
      epochs: 3,
      batchPerDevice: 32,
      learningRate: 1e-3,
      loss: 'mse' as const,
      optimiser: 'adam' as const,
      schedule: 'plateau' as const,
      plateau: { factor: 0.7, patience: 5, minimum: 1e-5 },
      normaliseTarget: true,
      seed: 42,
      checkpoints: { every: 1, keep: 3 },
      maxRestarts: 3,
    },
    devices,
    repeat,
    launcher: { name: 'local' as const },
    backend: 'auto' as const,
  });

  test('are one a run, repeats apart, runs without an epoch left out', () => {
    const runs = [
      { id: 'a', spec: spec(1, 0), started: null },
      { id: 'b', spec: spec(1, 1), started: null },
      { id: 'c', spec: spec(2, 0), started: null },
    ];
    const epochs = [
      { run: 'a', ...epoch(1, 9) },
      { run: 'a', ...epoch(2, 4) },
      { run: 'b', ...epoch(1, 9) },
      { run: 'b', ...epoch(2, 5) },
    ];
    const points = pointsOfRuns(runs, epochs);
    expect(points.map(({ run, devices, repeat, seconds }) => [run, devices, repeat, seconds])).toEqual([
      ['a', 1, 0, 4],
      ['b', 1, 1, 5],
    ]);
    expect(points[0]).toMatchObject({ series: 'schnet small', protocol: 'fixed-per-device-batch' });
  });

  test('models of other options are other series', () => {
    const model = { name: 'schnet', preset: 'small', options: {} };
    const split = { train: 0.8, validation: 0.1, test: 0.1, seed: 42 };
    const dataset = { name: 'bundled', options: {}, split, limit: 4_000 };
    const wide = { ...model, options: { hiddenChannels: 64 } };
    expect(seriesName({ model, dataset })).toBe('schnet small');
    expect(seriesName({ model: wide, dataset })).toBe('schnet small {hiddenChannels 64}');
    expect(seriesName({ model, dataset: { ...dataset, used: 1_000 } })).toBe('schnet small, 1,000 molecules');
  });
});

describe('steps per epoch', () => {
  test('are ceil(N / (b n)), and at least one', () => {
    expect(stepsPerEpoch(110_000, 128, 2)).toBe(430);
    expect(stepsPerEpoch(110_000, 128, 416)).toBe(3);
    expect(stepsPerEpoch(10, 128, 4)).toBe(1);
  });

  test('are the steps of the rank with most samples', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 1, max: 512 }),
        fc.integer({ min: 1, max: 4096 }),
        (samples, batch, devices) => {
          expect(stepsPerEpoch(samples, batch, devices)).toBe(
            Math.ceil(Math.ceil(samples / devices) / batch),
          );
        },
      ),
    );
  });
});

describe('points of times someone else measured', () => {
  test('know steps, global batch and padding where samples and batch are known', () => {
    const [point] = pointsOfTimes([{ devices: 3, seconds: 2 }], { samples: 100, batchPerDevice: 10 });
    expect(point).toMatchObject({ steps: 4, globalBatch: 30, padding: 0.02, epochSeconds: [] });
  });

  test('and do not guess them otherwise', () => {
    const [point] = pointsOfTimes([{ devices: 3, seconds: 2, repeat: 1 }]);
    expect(point).toMatchObject({ steps: null, globalBatch: null, padding: null, repeat: 1 });
  });
});
