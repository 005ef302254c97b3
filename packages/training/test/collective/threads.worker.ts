import { parentPort, workerData } from 'node:worker_threads';
import { broadcastBytes } from '../../src/collective/bytes.ts';
import { ThreadsCollective, type ThreadsMemory } from '../../src/collective/threads.ts';

/** A rank for the tests: does what it is told, one operation after the other, and answers with what it saw. */
export type Step =
  | { readonly do: 'allReduce'; readonly values: Float32Array }
  | { readonly do: 'broadcast'; readonly values: Float32Array; readonly root: number }
  | { readonly do: 'gather'; readonly values: Float64Array }
  | { readonly do: 'barrier' }
  | { readonly do: 'bytes'; readonly bytes: Uint8Array | undefined }
  | { readonly do: 'sleep'; readonly milliseconds: number }
  | { readonly do: 'abandon' }
  | { readonly do: 'repeat'; readonly times: number; readonly length: number };

export interface Seen {
  readonly results: (Float32Array | Uint8Array | Float64Array[] | number | null)[];
  readonly error: { readonly name: string; readonly message: string; readonly after: number } | null;
}

async function follow(memory: ThreadsMemory, rank: number, steps: readonly Step[]): Promise<Seen> {
  const collective = new ThreadsCollective(memory, rank);
  const results: Seen['results'] = [];
  const begin = performance.now();
  try {
    for (const step of steps) {
      if (step.do === 'allReduce') {
        await collective.allReduce(step.values);
        results.push(step.values);
      } else if (step.do === 'broadcast') {
        await collective.broadcast(step.values, step.root);
        results.push(step.values);
      } else if (step.do === 'gather') results.push((await collective.gather(step.values)) ?? null);
      else if (step.do === 'bytes') results.push((await broadcastBytes(collective, step.bytes)) ?? null);
      else if (step.do === 'barrier') await collective.barrier();
      else if (step.do === 'abandon') collective.abandon();
      else if (step.do === 'sleep') await new Promise((wake) => setTimeout(wake, step.milliseconds));
      else {
        const values = new Float32Array(step.length).fill(1);
        await collective.barrier();
        const start = performance.now();
        for (let i = 0; i < step.times; i++) await collective.allReduce(values);
        results.push((performance.now() - start) / step.times);
      }
    }
  } catch (error) {
    const { name, message } = error as Error;
    return { results, error: { name, message, after: performance.now() - begin } };
  }
  return { results, error: null };
}

parentPort?.on('message', (message: { memory: ThreadsMemory; steps: Step[] }) => {
  follow(message.memory, workerData.rank, message.steps).then((seen) => parentPort?.postMessage(seen));
});
