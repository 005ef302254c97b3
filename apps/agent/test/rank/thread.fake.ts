import { parentPort, workerData } from 'node:worker_threads';
import { Pulse, ThreadsCollective } from '@litmatter/training';
import type { ThreadInput, ThreadMessage } from '../../src/rank/threads.ts';

/** A rank for the tests of the main thread: two meetings with its peers, and at the second what it is told to do. */
export type Fault = 'throw' | 'reject later' | 'exit' | 'throw later' | 'spin' | 'hang' | 'none';

const { rank, memory, job, stop, pulses } = workerData as ThreadInput;
const say = (message: ThreadMessage) => parentPort?.postMessage(message);
const faults = job.spec.model.options as Record<string, Fault>;

async function misbehave(fault: Fault | undefined, collective: ThreadsCollective | null): Promise<void> {
  if (fault === 'throw') throw new TypeError('two and two are five');
  if (fault === 'reject later') {
    setTimeout(() => Promise.reject(new Error('nobody watches this')), 10);
    await new Promise((wake) => setTimeout(wake, 5_000));
  }
  if (fault === 'exit') process.exit(7);
  if (fault === 'throw later') {
    await new Promise((wake) => setTimeout(wake, 300));
    throw new TypeError('two and two are five');
  }
  if (fault === 'spin') for (;;);
  if (fault === 'hang') {
    const pulse = new Pulse(pulses, rank);
    const steady = pulse.around(collective!);
    for (let i = 0; i < 20; i++) await steady.barrier();
    if (rank === 1) for (;;);
    await steady.barrier();
  }
}

async function run(): Promise<void> {
  const collective = memory && new ThreadsCollective(memory, rank);
  await collective?.barrier();
  if (rank === 0)
    say({ type: 'report', body: { type: 'log', level: 'info', message: 'all ranks are here' } });
  await misbehave(faults[rank], collective);
  await collective?.barrier();
  const stopped = Atomics.load(new Int32Array(stop), 0) !== 0;
  say({
    type: 'done',
    outcome: stopped ? 'stopped' : 'finished',
    testMae: rank === 0 ? 0.5 : null,
    state: null,
  });
}

run().catch(({ name, message, stack }: Error) => say({ type: 'failed', name, message, stack: stack ?? '' }));
