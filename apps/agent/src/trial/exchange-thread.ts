import { parentPort, workerData } from 'node:worker_threads';
import { ThreadsCollective, type ThreadsMemory } from '@litmatter/training';
import type { ExchangeTimes } from './exchange.ts';

/** One of two ranks that do nothing but exchange gradients. */

const { memory, rank, parameters } = workerData as {
  memory: ThreadsMemory;
  rank: number;
  parameters: number;
};
const repeats = 30;

const collective = new ThreadsCollective(memory, rank);

/** Median seconds of an all-reduce of so many numbers. */
async function timed(length: number): Promise<number> {
  const values = new Float32Array(length);
  const seconds: number[] = [];
  for (let k = 0; k < repeats; k++) {
    await collective.barrier();
    const start = performance.now();
    await collective.allReduce(values);
    seconds.push((performance.now() - start) / 1e3);
  }
  return seconds.sort((a, b) => a - b)[repeats >> 1]!;
}

const small = await timed(1);
const whole = await timed(parameters);
parentPort?.postMessage({ small, whole } satisfies ExchangeTimes);
