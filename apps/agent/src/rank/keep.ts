import { join } from 'node:path';
import type { Model } from '@litmatter/models';
import type { RunEventBody } from '@litmatter/protocol';
import {
  broadcastBytes,
  type Collective,
  deserialiseState,
  type Pulse,
  serialiseState,
  type TrainInput,
  type TrainingState,
  type TrainResult,
  train,
} from '@litmatter/training';
import type { Registry } from '../config.ts';
import type { RankJob } from '../job.ts';
import { Checkpoints } from './checkpoints.ts';
import { openMeter } from './energy/meter.ts';
import { encodeLast, weightEncoder } from './result.ts';

/**
 * Of its time a run gives at most this share to writing checkpoints: epochs that are shorter than twenty times the
 * writing of one get one every few epochs, so that a resume loses an epoch, or so much time.
 */
const share = 1 / 20;

export interface KeptTraining extends Omit<TrainInput, 'resume' | 'onEpoch' | 'spec' | 'model' | 'energy'> {
  readonly job: RankJob;
  readonly model: Model;
  readonly registry: Pick<Registry, 'models'>;
  /** Where this rank shows that it goes on. */
  readonly pulse: Pulse;
  /** Seconds of some clock; another one in tests. */
  readonly clock?: () => number;
}

/**
 * Train with checkpoints: go on from the last good one where the job says so, and keep one after each epoch. Every rank
 * calls this; rank 0 reads and writes, so that all of them go on from the same one whatever their file systems say.
 */
export async function trainKept(input: KeptTraining): Promise<TrainResult> {
  const { job, registry, pulse, clock = secondsNow, ...rest } = input;
  const collective = pulse.around(input.collective);
  pulse.followKernels();
  const spec = job.spec.training;
  const store = new Checkpoints(checkpointFolder(job), spec.checkpoints.keep);
  const resume = await resumed(store, job, collective, input.report);
  const keeper = new Keeper(store, input, resume?.epoch ?? 0, clock);
  const energy = openMeter(input.place.device);
  const result = await train({
    ...rest,
    collective,
    spec,
    energy,
    ...(resume && { resume }),
    // Disks take their time.
    onEpoch: (state) => pulse.resting(() => keeper.afterEpoch(state)),
    shouldStop: () => {
      energy.tick();
      return input.shouldStop();
    },
  }).finally(() => energy.close());
  pulse.end();
  // Stopped or done: what comes next, if anything does, loses no epoch.
  if (input.collective.rank === 0) keeper.keep(result.state);
  return result;
}

const secondsNow = () => performance.now() / 1e3;

export function checkpointFolder({ checkpoints, folder }: RankJob): string {
  return checkpoints ?? join(folder, 'checkpoints');
}

/** The state to go on from, the same on every rank; undefined to begin anew. */
async function resumed(
  store: Checkpoints,
  job: RankJob,
  collective: Collective,
  report: (body: RunEventBody) => void,
): Promise<TrainingState | undefined> {
  const say = (level: 'info' | 'warning', message: string) => report({ type: 'log', level, message });
  let bytes: Uint8Array | undefined;
  if (collective.rank === 0 && job.resume === undefined) store.clear();
  if (collective.rank === 0 && job.resume !== undefined) {
    const found = store.last((sentence) => say('warning', sentence));
    const because = job.resume.because === null ? '.' : `: ${job.resume.because}`;
    const how = found
      ? `resumes after epoch ${found.epoch}`
      : 'begins anew, there being no checkpoint to go on from';
    say('info', `Attempt ${job.attempt} ${how}${because}`);
    bytes = found?.state;
  }
  const all = await broadcastBytes(collective, bytes);
  return all && deserialiseState(all, 'The checkpoint');
}

/** Writes a run's checkpoints, on rank 0. */
class Keeper {
  readonly #store: Checkpoints;
  readonly #input: KeptTraining;
  readonly #clock: () => number;
  #last: number;
  #endedAt: number;
  #took = 0;
  #failed = false;

  constructor(store: Checkpoints, input: KeptTraining, last: number, clock: () => number) {
    this.#store = store;
    this.#input = input;
    this.#last = last;
    this.#clock = clock;
    this.#endedAt = clock();
  }

  /** Keep the state where it is time to. */
  afterEpoch(state: TrainingState): void {
    const { every } = this.#input.job.spec.training.checkpoints;
    const rested = this.#clock() - this.#endedAt;
    if (state.epoch % every === 0 && share * rested >= this.#took) this.keep(state);
  }

  /** Keep the state where it is not kept yet. A disk that is full is no reason to end a run. */
  keep(state: TrainingState): void {
    if (state.epoch === this.#last || state.epoch === 0) return;
    const { job, registry, data, report } = this.#input;
    const began = this.#clock();
    try {
      const weights = encodeLast(weightEncoder(job, registry, data, state.normalisation), state);
      this.#store.write(state.epoch, { weights, state: serialiseState(state) }, job);
      this.#last = state.epoch;
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) {
        const before = this.#last === 0 ? 'there is none yet' : `the last one is of epoch ${this.#last}`;
        const message = `The checkpoint after epoch ${state.epoch} could not be written (${(error as Error).message}): ${before}. Training goes on.`;
        report({ type: 'log', level: 'warning', message });
      }
      this.#failed = true;
    }
    this.#endedAt = this.#clock();
    this.#took = this.#endedAt - began;
  }
}
