import { availableParallelism } from 'node:os';
import { expandRuns } from '@litmatter/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadRegistry } from '../../src/config.ts';
import { Planner, runPlan } from '../../src/hub/plan.ts';
import { Store } from '../../src/hub/store.ts';
import type { TrialRequest, TrialResult } from '../../src/trial/trial.ts';
import { epoch, someSpec, started, temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

/** Steps of 10 ms for 32 molecules, 1 ms of it fixed. */
const trial: TrialResult = {
  molecules: 4_054,
  sizes: Array(500).fill(100),
  training: {
    backend: 'wasm',
    device: 'a core',
    steps: [
      ...Array(4).fill({ seconds: 0.01, size: 3_200 }),
      ...Array(4).fill({ seconds: 0.001 + 0.009 / 4, size: 800 }),
    ],
    cores: 2,
    epochOverheadSeconds: [0],
    together: [],
    exchange: { latencySeconds: 1e-4, bytesPerSecond: 1e9, gradientBytes: 4e5 },
  },
};

async function setUp(options: { busy?: boolean; fails?: Error } = {}) {
  const store = new Store(':memory:');
  onTestFinished(() => store.close());
  const trials: TrialRequest[] = [];
  const planner = new Planner({
    registry: await loadRegistry(null),
    launchers: [new FakeLauncher()],
    datasetFolder: temporaryFolder(),
    store,
    busy: () => options.busy ?? false,
    runTrial: async (request) => {
      trials.push(request);
      if (options.fails) throw options.fails;
      return trial;
    },
  });
  return { store, planner, trials };
}

/** 800 training molecules, as the spec of CLI.md has. */
const spec = (change = {}) =>
  someSpec({
    dataset: { name: 'bundled', limit: 1_000 },
    training: { epochs: 5, batchPerDevice: 32 },
    ...change,
  });

const forecastAt = (plan: Awaited<ReturnType<Planner['plan']>>, devices: number) =>
  plan.perModelAndCount.find((cell) => cell.devices === devices)!.forecast!;

describe('what is certain', () => {
  it('is steps, batch and padding of each count, as the sampler has them', async () => {
    const { planner } = await setUp();
    const { runs, perModelAndCount } = await planner.plan(spec({ devices: [1, 2, 3, 7], repeats: 3 }), {
      calibrate: false,
    });
    expect(runs).toBe(12);
    expect(
      perModelAndCount.map(({ devices, trainSamples, stepsPerEpoch, globalBatch, padding }) => [
        devices,
        trainSamples,
        stepsPerEpoch,
        globalBatch,
        padding,
      ]),
    ).toEqual([
      [1, 800, 25, 32, 0],
      [2, 800, 13, 64, 0],
      [3, 800, 9, 96, 1 / 800],
      [7, 800, 4, 224, 5 / 800],
    ]);
  });

  it('warns of few steps, much padding and shared devices, and only of those', () => {
    const of = (samples: number, devices: number) =>
      runPlan(expandRuns(spec())[0]!, devices, samples, 2).warnings;
    expect(of(800, 2)).toEqual([]);
    expect(of(800, 3)).toEqual([
      expect.stringMatching(/^Only 9 steps/),
      expect.stringMatching(/^3 ranks share 2 devices/),
    ]);
    expect(of(32, 1)).toEqual([expect.stringMatching(/^Only one step/)]);
    expect(of(401, 400)).toContainEqual(expect.stringMatching(/^100 % of the samples are repeated/));
  });
});

describe('a grid', () => {
  it('has a cell for each model, variant, size and count, and one trial for all sizes of a model', async () => {
    const { planner, trials } = await setUp();
    const { runs, perModelAndCount } = await planner.plan(
      spec({
        models: [{ name: 'schnet', grid: { hiddenChannels: [16, 32] } }],
        dataset: { name: 'bundled', limit: [500, 1_000] },
        repeats: 2,
      }),
      { calibrate: true },
    );
    expect(runs).toBe(16);
    expect(
      perModelAndCount.map(({ series, devices, trainSamples }) => [series, devices, trainSamples]),
    ).toEqual([
      ['schnet small {hiddenChannels 16}, 500 molecules', 1, 400],
      ['schnet small {hiddenChannels 16}, 500 molecules', 2, 400],
      ['schnet small {hiddenChannels 16}, 1,000 molecules', 1, 800],
      ['schnet small {hiddenChannels 16}, 1,000 molecules', 2, 800],
      ['schnet small {hiddenChannels 32}, 500 molecules', 1, 400],
      ['schnet small {hiddenChannels 32}, 500 molecules', 2, 400],
      ['schnet small {hiddenChannels 32}, 1,000 molecules', 1, 800],
      ['schnet small {hiddenChannels 32}, 1,000 molecules', 2, 800],
    ]);
    expect(trials.map((one) => one.spec.model.options)).toEqual([
      { hiddenChannels: 16 },
      { hiddenChannels: 32 },
    ]);
    const [, , , large] = perModelAndCount;
    expect(perModelAndCount[1]!.forecast!.seconds).toBeCloseTo(large!.forecast!.seconds / 2, 2);
  });

  it('does not take the times of another size for its own', async () => {
    const { planner, store } = await setUp();
    measure(store, 1, [9, 1, 1], { dataset: { name: 'bundled', limit: [500, 1_000] } });
    const at = async (limit: number | number[]) =>
      (await planner.plan(spec({ devices: [1], dataset: { name: 'bundled', limit } }), { calibrate: false }))
        .perModelAndCount[0]!.forecast;
    expect(await at(1_000)).toBeNull();
    expect(await at([500, 1_000])).not.toBeNull();
  });
});

describe('a forecast', () => {
  it('is not made up: without a trial or earlier runs there is none, and the plan says why', async () => {
    const { planner, trials } = await setUp();
    const plan = await planner.plan(spec(), { calibrate: false });
    expect(plan).toMatchObject({ basis: null, deviceHours: null, wallSeconds: null });
    expect(plan.perModelAndCount.every(({ forecast }) => forecast === null)).toBe(true);
    expect(plan.warnings).toEqual([expect.stringMatching(/no forecast yet/)]);
    expect(trials).toEqual([]);
  });

  it('from a trial replays its steps: 25 of 10 ms on one device, 13 on two', async () => {
    const { planner } = await setUp();
    const plan = await planner.plan(spec(), { calibrate: true });
    expect(forecastAt(plan, 1).seconds).toBeCloseTo(0.25, 2);
    // 12 full steps and one of half a batch, each with its exchange.
    expect(forecastAt(plan, 2).seconds).toBeCloseTo(12 * 0.01 + 0.0055 + 13 * 5e-4, 2);
    for (const { forecast } of plan.perModelAndCount) {
      expect(forecast!.low).toBeLessThanOrEqual(forecast!.seconds);
      expect(forecast!.high).toBeGreaterThanOrEqual(forecast!.seconds);
    }
    expect(plan.basis).toMatch(/^A forecast, from a trial of 1 rank on this machine \(wasm, a core\)/);
    expect(plan.wallSeconds).toBeCloseTo(5 * (forecastAt(plan, 1).seconds + forecastAt(plan, 2).seconds), 9);
    expect(plan.deviceHours).toBeCloseTo(
      (5 * (forecastAt(plan, 1).seconds + 2 * forecastAt(plan, 2).seconds)) / 3_600,
      9,
    );
  });

  it('takes a trial once for all plans of the same series', async () => {
    const { planner, trials } = await setUp();
    await planner.plan(spec(), { calibrate: true });
    const again = await planner.plan(spec({ name: 'other', devices: [1, 4, 16], repeats: 2 }), {
      calibrate: false,
    });
    expect(trials).toHaveLength(1);
    expect(forecastAt(again, 16)).not.toBeNull();
    await planner.plan(spec({ training: { epochs: 5, batchPerDevice: 64 } }), { calibrate: true });
    expect(trials).toHaveLength(2);
  });

  it('tries as many ranks at once as there are cores, and more where the plan lets ranks share them', async () => {
    const { planner, trials } = await setUp();
    const cores = availableParallelism();
    await planner.plan(spec({ devices: [1] }), { calibrate: true });
    await planner.plan(spec({ devices: [8 * cores] }), { calibrate: true });
    expect(trials.map(({ ranks }) => ranks)).toEqual([cores, 2 * cores]);
    await planner.plan(spec({ devices: [1, 2 * cores] }), { calibrate: true });
    expect(trials).toHaveLength(2);
  });

  it('takes no trial while a run has the cores', async () => {
    const { planner, trials } = await setUp({ busy: true });
    const plan = await planner.plan(spec(), { calibrate: true });
    expect(trials).toEqual([]);
    expect(plan.warnings).toEqual([expect.stringMatching(/under way/)]);
  });

  it('is left out with the reason where the trial fails, and tried anew the next time', async () => {
    const { planner, trials } = await setUp({
      fails: new Error('the trial ended with code 1: out of memory'),
    });
    const plan = await planner.plan(spec(), { calibrate: true });
    expect(plan.basis).toBeNull();
    expect(plan.warnings).toEqual(['There is no forecast: the trial ended with code 1: out of memory']);
    await planner.plan(spec(), { calibrate: true });
    expect(trials).toHaveLength(2);
  });

  it('is what earlier runs measured where the count is the same, their first epochs left out', async () => {
    const { planner, store, trials } = await setUp();
    measure(store, 2, [9, 0.5, 0.6, 0.7]);
    const plan = await planner.plan(spec({ devices: [2] }), { calibrate: true });
    expect(trials).toEqual([]);
    expect(forecastAt(plan, 2)).toEqual({
      seconds: 0.6,
      low: expect.closeTo(0.51),
      high: expect.closeTo(0.69),
    });
    expect(plan.basis).toBe('A forecast, at 2 devices from earlier runs on this hub.');
  });

  it('replays the steps of earlier runs at other counts where there is no trial', async () => {
    const { planner, store } = await setUp();
    measure(store, 1, [9, 1.25, 1.25]);
    const plan = await planner.plan(spec({ devices: [1, 2] }), { calibrate: false });
    // The records of `epoch` put 1.1 of 1.25 s into 25 steps; communication is no step, the rest is the loop's own.
    expect(forecastAt(plan, 2).seconds).toBeCloseTo((13 * 1.1) / 25 + 0.05, 1);
    expect(plan.basis).toMatch(
      /at 1 device from earlier runs on this hub; at 2 devices from the steps of an earlier run/,
    );
    expect(plan.basis).toMatch(/a lower bound/);
  });

  it('does not take the times of another model, data set or batch for its own', async () => {
    const { planner, store } = await setUp();
    measure(store, 1, [9, 1, 1], { training: { epochs: 5, batchPerDevice: 64 } });
    measure(store, 1, [9, 1, 1], { dataset: { name: 'bundled', limit: 500 } });
    measure(store, 1, [9, 1, 1], { models: [{ name: 'schnet', options: { cutoff: 5 } }] });
    expect((await planner.plan(spec({ devices: [1] }), { calibrate: false })).basis).toBeNull();
    measure(store, 1, [9, 1, 1], { dataset: { name: 'bundled', target: 'gap', limit: 1_000 } });
    expect((await planner.plan(spec({ devices: [1] }), { calibrate: false })).basis).not.toBeNull();
  });
});

/** A run that has been and left its times. */
function measure(store: Store, devices: number, seconds: number[], change = {}): void {
  const { id } = store.createExperiment(spec({ devices: [devices], ...change }));
  const run = `${id}.0`;
  store.beginAttempt(run);
  store.append(run, 1, [
    started({ run, seq: 0 }, devices),
    ...seconds.map((value, i) => epoch({ run, seq: i + 1 }, i + 1, devices, { seconds: value })),
  ]);
}
