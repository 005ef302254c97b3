import { parentPort, workerData } from 'node:worker_threads';
import { startBackend } from '@litmatter/models/node';
import type { BackendName } from '@litmatter/protocol';
import { ThreadsCollective, type ThreadsMemory } from '@litmatter/training';
import { type MoleculesFile, setOfFile } from './molecules-file.ts';
import { benchRank, type Measurement } from './rank.ts';

/** What a rank's thread is started with. */
export interface RankInput {
  readonly backend: BackendName;
  readonly measurement: Measurement;
  readonly file: MoleculesFile;
  readonly memory: ThreadsMemory;
  readonly rank: number;
}

/** Parameters, once at the start; then seconds or launches, as it was asked. */
export interface RankAnswer {
  readonly value: number;
}

const { backend, measurement, file, memory, rank } = workerData as RankInput;
await startBackend(backend);
const bench = benchRank(measurement, setOfFile(file), new ThreadsCollective(memory, rank));
const say = (value: number) => parentPort?.postMessage({ value } satisfies RankAnswer);
parentPort?.on('message', async (question: 'step' | 'launches') => {
  say(question === 'step' ? await bench.step() : await bench.launches());
});
say(bench.parameters);
