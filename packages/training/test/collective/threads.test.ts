import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { abandon, type ThreadsMemory, threadsMemory } from '../../src/collective/threads.ts';
import type { Seen, Step } from './threads.worker.ts';

/** Real threads, started once: rank r of every test runs in the r-th. */
const most = 5;
const workers = Array.from(
  { length: most },
  (_, rank) => new Worker(new URL('./threads.worker.ts', import.meta.url), { workerData: { rank } }),
);
afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

/** Run each rank's steps on its thread; `while running` may act from outside. */
async function run(memory: ThreadsMemory, steps: readonly (readonly Step[])[]): Promise<Seen[]> {
  return Promise.all(
    steps.map(
      (own, rank) =>
        new Promise<Seen>((resolve, reject) => {
          const worker = workers[rank];
          worker.once('message', (seen) => {
            worker.off('error', reject);
            resolve(seen);
          });
          worker.once('error', reject);
          worker.postMessage({ memory, steps: own });
        }),
    ),
  );
}

const size = fc.integer({ min: 1, max: most });
const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
/** One vector of the same length for each of k ranks, and a capacity that may be smaller than it. */
const vectors = size.chain((k) =>
  fc.record({
    perRank: fc
      .integer({ min: 0, max: 40 })
      .chain((length) =>
        fc.array(fc.array(float, { minLength: length, maxLength: length }), { minLength: k, maxLength: k }),
      ),
    capacity: fc.integer({ min: 1, max: 50 }),
  }),
);

/** The sum in rank order, each partial sum rounded to float32. */
function sumInOrder(perRank: readonly (readonly number[])[]): Float32Array {
  const sum = Float32Array.from(perRank[0]);
  for (const values of perRank.slice(1))
    for (let i = 0; i < sum.length; i++) sum[i] += Math.fround(values[i]);
  return sum;
}

describe('ranks that are threads', () => {
  it('end an all-reduce with the sum in rank order, the same bits on every rank', async () => {
    await fc.assert(
      fc.asyncProperty(vectors, async ({ perRank, capacity }) => {
        const seen = await run(
          threadsMemory(perRank.length, { capacity }),
          perRank.map((values) => [{ do: 'allReduce', values: Float32Array.from(values) }]),
        );
        for (const { results } of seen) expect(results).toEqual([sumInOrder(perRank)]);
      }),
      { numRuns: 60 },
    );
  });

  it('keep operations apart that follow each other without a barrier', async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.constantFrom('allReduce', 'broadcast', 'gather', 'barrier'), { maxLength: 12 }),
        async (k, capacity, operations) => {
          const own = (rank: number, i: number) =>
            Array.from({ length: 7 }, (_, j) => 100 * rank + 10 * i + j);
          const steps = (rank: number) =>
            operations.map((operation, i): Step => {
              const values = own(rank, i);
              if (operation === 'allReduce') return { do: operation, values: Float32Array.from(values) };
              if (operation === 'gather') return { do: operation, values: Float64Array.from(values) };
              if (operation === 'barrier') return { do: operation };
              return { do: 'broadcast', values: Float32Array.from(values), root: i % k };
            });
          const ranks = Array.from({ length: k }, (_, rank) => rank);
          const seen = await run(threadsMemory(k, { capacity }), ranks.map(steps));
          const expected = (rank: number) =>
            operations.flatMap((operation, i): unknown[] => {
              if (operation === 'barrier') return [];
              if (operation === 'broadcast') return [Float32Array.from(own(i % k, i))];
              if (operation === 'allReduce') return [sumInOrder(ranks.map((r) => own(r, i)))];
              return [rank === 0 ? ranks.map((r) => Float64Array.from(own(r, i))) : null];
            });
          for (const [rank, { results }] of seen.entries()) expect(results).toEqual(expected(rank));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("give every rank the first one's bytes, whatever their bits, or none", async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.integer({ min: 1, max: 9 }),
        fc.option(fc.uint8Array({ maxLength: 90 }), { nil: undefined }),
        async (k, capacity, bytes) => {
          const other: Step = { do: 'bytes', bytes: undefined };
          const steps = Array.from({ length: k }, (_, rank) => [rank === 0 ? { ...other, bytes } : other]);
          for (const { results } of await run(threadsMemory(k, { capacity }), steps)) {
            expect(results).toEqual([bytes ?? null]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('throw a LostPeerError that names the rank which stays away past the deadline', async () => {
    const memory = threadsMemory(3, { deadlineSeconds: 0.2 });
    const [first, second, late] = await run(memory, [
      [{ do: 'barrier' }],
      [{ do: 'barrier' }],
      [{ do: 'sleep', milliseconds: 1500 }, { do: 'barrier' }],
    ]);
    for (const { error } of [first, second, late]) {
      expect(error?.name).toBe('LostPeerError');
      expect(error?.message).toMatch(/^Rank 2 /);
    }
  });

  it('wake at once when a rank abandons them', async () => {
    const memory = threadsMemory(3, { deadlineSeconds: 600 });
    const seen = await run(memory, [
      [{ do: 'allReduce', values: new Float32Array(10) }],
      [{ do: 'sleep', milliseconds: 100 }, { do: 'abandon' }],
      [{ do: 'barrier' }],
    ]);
    expect(seen.map(({ error }) => error?.message)).toEqual([
      'Rank 1 is gone; rank 0 needs it to go on.',
      undefined,
      'Rank 1 is gone; rank 2 needs it to go on.',
    ]);
  });

  it('wake when another thread says that a rank has died', async () => {
    const memory = threadsMemory(2, { deadlineSeconds: 600 });
    const waiting = run(memory, [[{ do: 'barrier' }]]);
    setTimeout(() => abandon(memory, 1), 50);
    const [{ error }] = await waiting;
    expect(error).toMatchObject({
      name: 'LostPeerError',
      message: 'Rank 1 is gone; rank 0 needs it to go on.',
    });
  });

  it('do not start what has been abandoned before', async () => {
    const memory = threadsMemory(2, { deadlineSeconds: 600 });
    abandon(memory, 0);
    const [, { error }] = await run(memory, [
      [],
      [{ do: 'broadcast', values: new Float32Array(1), root: 0 }],
    ]);
    expect(error?.name).toBe('LostPeerError');
  });

  it('say so when they call different operations', async () => {
    const [first, second] = await run(threadsMemory(2), [
      [{ do: 'gather', values: new Float64Array(3) }],
      [{ do: 'allReduce', values: new Float32Array(5) }],
    ]);
    expect(first.error?.message).toBe(
      'Ranks disagree: rank 1 called allReduce of 5 values, rank 0 gather of 3 values.',
    );
    expect(second.error?.message).toMatch(/^Ranks disagree: rank 0 called gather of 3 values/);
  });

  it('refuse a rank that is not among them', async () => {
    const { ThreadsCollective } = await import('../../src/collective/threads.ts');
    expect(() => new ThreadsCollective(threadsMemory(2), 2)).toThrow(RangeError);
  });
});
