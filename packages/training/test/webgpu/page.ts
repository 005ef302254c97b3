/** What e2e/webgpu-training.e2e.ts calls in a page: steps that the graphics device takes itself, beside the host's. */
import { adamVectors, withComposedOps } from '@litmatter/models';
import { startBackend } from '@litmatter/models/browser';
import { memoryInUse } from '@litmatter/models/usage';
import { collate } from '@litmatter/molecules';
import { memory, mul, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { adamRates, adamState, adamStep } from '../../src/adam.ts';
import { StepTrainer } from '../../src/stepwise.ts';
import { toyData, toyModel, toySpec } from '../toy.ts';

export interface Door {
  start(): Promise<string>;
  adam(size: number, steps: number): Promise<number>;
  trainer(steps: number): Promise<Walk>;
  sizes(from: number, count: number): Promise<Sizes>;
}

interface Sizes {
  /** Tensors that were not read as they were written. */
  readonly wrong: number;
  /** Bytes of buffers that were made for them. */
  readonly allocated: number;
}

interface Walk {
  /** Largest difference of the parameters from those of a trainer whose host steps, relative to their largest. */
  readonly fromHost: number;
  /** The same of predictions from those of the weights that a checkpoint would have. */
  readonly fromPosition: number;
  /** Tensors that the steps have left behind. */
  readonly left: number;
  /** The loss of the first step and of the last. */
  readonly losses: readonly [number, number];
}

/** The largest difference, relative to the largest number wanted. */
function apart(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const all = Array.from(wanted);
  const scale = Math.max(...all.map(Math.abs));
  return Math.max(...all.map((value, i) => Math.abs(actual[i] - value))) / scale;
}

const wave = (size: number, seed: number) =>
  Float32Array.from(
    { length: size },
    (_, i) => Math.sin(12.9898 * i + 7.31 * seed + 1) * 10 ** (i % 7) * 1e-4,
  );

/** Steps of Adam on the device and on the host with the same gradients, large and small. */
async function adam(size: number, steps: number): Promise<number> {
  const parameters = wave(size, 0).map((value, i) => value / 10 ** (i % 7));
  const state = adamState(size);
  let there = {
    parameters: tensor1d(parameters.slice()),
    firstMoment: tensor1d(new Float32Array(size)),
    secondMoment: tensor1d(new Float32Array(size)),
  };
  for (let t = 1; t <= steps; t++) {
    const gradient = wave(size, t);
    there = adamVectors(there, tensor1d(gradient), adamRates(t, 1e-3, 0.1));
    adamStep(parameters, gradient, state, 1e-3, 0.1);
  }
  return Math.max(
    apart(await there.parameters.data(), parameters),
    apart(await there.firstMoment.data(), state.firstMoment),
    apart(await there.secondMoment.data(), state.secondMoment),
  );
}

async function trainer(steps: number): Promise<Walk> {
  const [data, spec] = [toyData(), toySpec()];
  const there = new StepTrainer(toyModel, data, spec);
  const host = withComposedOps(() => new StepTrainer(toyModel, data, spec));
  const losses: number[] = [];
  let before = 0;
  for (let step = 0; step < steps; step++) {
    const [{ loss, epochDone }] = [await there.step(), await host.step()];
    losses.push(loss);
    if (step === 0) before = memory().numTensors;
    // The last step is left as it is: what the device has then is its own.
    if (!epochDone || step === steps - 1) continue;
    there.endEpoch(loss);
    host.endEpoch(loss);
  }
  const left = memory().numTensors - before;
  const batch = collate(data.set, data.graphs, data.split.validation as Uint32Array, data.target);
  const again = new StepTrainer(toyModel, data, spec, there.position());
  return {
    fromHost: apart(there.state.parameters, host.state.parameters),
    fromPosition: apart(await there.predict(batch), await again.predict(batch)),
    left,
    losses: [losses[0], losses[losses.length - 1]],
  };
}

/** Write, compute and read tensors of so many sizes, one after the other. */
async function sizes(from: number, count: number): Promise<Sizes> {
  const before = memoryInUse();
  let wrong = 0;
  for (let size = from; size < from + count; size++) {
    const values = wave(size, 1);
    const twice = tidy(() => mul(tensor1d(values), 2));
    const read = await twice.data();
    if (read.length !== size || read.some((value, i) => value !== 2 * values[i])) wrong++;
    twice.dispose();
  }
  return { wrong, allocated: memoryInUse() - before };
}

const door: Door = {
  start: async () => (await startBackend('webgpu', { wasmPaths: 'none/' })).name,
  adam,
  trainer,
  sizes,
};

Object.assign(globalThis, { door });
