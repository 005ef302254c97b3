import { parentPort, workerData } from 'node:worker_threads';
import type { RunEventBody, TrainingSpec } from '@litmatter/protocol';
import { SingleCollective } from '../src/collective/single.ts';
import { ThreadsCollective, type ThreadsMemory } from '../src/collective/threads.ts';
import type { TrainingData } from '../src/data.ts';
import { serialiseState } from '../src/state.ts';
import { train } from '../src/train.ts';
import { modelOf, startTestBackend } from './backend.ts';

/** One rank of a training, in a thread: for the tests that need real ones. */
export interface RankInput {
  readonly rank: number;
  readonly memory: ThreadsMemory | null;
  readonly model: 'toy' | 'schnet';
  readonly data: TrainingData;
  readonly spec: TrainingSpec;
  /** Ask to stop when this rank has been asked so many times. */
  readonly stopAfter?: number;
}

export interface RankOutput {
  readonly reports: RunEventBody[];
  readonly outcome: 'finished' | 'stopped';
  readonly state: Uint8Array;
  readonly testMae: number | null;
}

const { rank, memory, model, data, spec, stopAfter = Number.POSITIVE_INFINITY } = workerData as RankInput;
const backend = await startTestBackend(model === 'toy' ? 'cpu' : 'wasm');
const reports: RunEventBody[] = [];
let looks = 0;
const result = await train({
  model: modelOf(model),
  data,
  spec,
  collective: memory ? new ThreadsCollective(memory, rank) : new SingleCollective(),
  place: { host: 'here', device: `thread ${rank}`, backend },
  oversubscribed: false,
  report: (body) => reports.push(body),
  shouldStop: () => ++looks > stopAfter,
  warmUpSeconds: 0,
});
const output: RankOutput = { ...result, reports, state: serialiseState(result.state) };
parentPort?.postMessage(output);
