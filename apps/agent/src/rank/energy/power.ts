import { Worker } from 'node:worker_threads';
import { gpuInUse, listGpus } from './gpu-list.ts';
import type { EnergySource } from './source.ts';

/** Between two samples of a GPU's power. Its own meter is no faster than some 100 ms. */
const sampleMilliseconds = 500;
/** Older than so many seconds, the last sample says nothing of now. */
const staleSeconds = 5;

/** What the sampling thread is started with. */
export interface SamplerInput {
  readonly uuid: string;
  readonly milliseconds: number;
  readonly shared: SharedArrayBuffer;
}

/**
 * What the sampling thread leaves for the one that computes, which has no time to hear messages: joules up to the last
 * sample, watts at it, and when it was, in seconds of the process's clock. A counter that is odd while they are
 * written says whether they belong together.
 */
export class SharedPower {
  static make(): SharedArrayBuffer {
    return new SharedArrayBuffer(8 + 3 * 8);
  }

  readonly #version: Int32Array;
  readonly #values: Float64Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#version = new Int32Array(buffer, 0, 1);
    this.#values = new Float64Array(buffer, 8, 3);
  }

  /** Power goes in a straight line from one sample to the next. */
  add(watts: number, at: number): void {
    const [joules = 0, before = 0, last = 0] = this.#values;
    const first = Atomics.load(this.#version, 0) === 0;
    Atomics.add(this.#version, 0, 1);
    this.#values[0] = first ? 0 : joules + ((before + watts) / 2) * (at - last);
    this.#values[1] = watts;
    this.#values[2] = at;
    Atomics.add(this.#version, 0, 1);
  }

  /** Joules until now, the last sample's power going on; NaN before the first sample and long after the last. */
  read(now: number): number {
    for (;;) {
      const version = Atomics.load(this.#version, 0);
      const [joules = 0, watts = 0, at = 0] = this.#values;
      if (version % 2 === 1 || Atomics.load(this.#version, 0) !== version) continue;
      return version === 0 || now - at > staleSeconds ? Number.NaN : joules + watts * Math.max(0, now - at);
    }
  }
}

/** Seconds of a clock that all threads of the process share. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/**
 * The energy of the GPU this rank computes on, from its power draw sampled by nvidia-smi in a thread of its own.
 * Undefined where there is no nvidia-smi or it does not tell.
 */
export function openGpuPower(visible = process.env.CUDA_VISIBLE_DEVICES): EnergySource | undefined {
  const gpu = gpuInUse(listGpus(), visible);
  if (gpu === undefined || Number.isNaN(gpu.watts)) return undefined;
  const shared = SharedPower.make();
  const power = new SharedPower(shared);
  power.add(gpu.watts, clock());
  const workerData: SamplerInput = { uuid: gpu.uuid, milliseconds: sampleMilliseconds, shared };
  const sampler = new Worker(new URL('./sampler-thread.ts', import.meta.url), { workerData });
  // A meter that fails must not end a run.
  sampler.on('error', () => {});
  sampler.unref();
  return { name: gpu.uuid, read: () => power.read(clock()), close: () => sampler.postMessage('close') };
}
