import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/**
 * The end of a thread that computes on WebGPU. Its library aborts the whole process (signal 6) where a thread is ended
 * while the graphics device still owes it an answer, as it does during every step; so the thread is asked to let go
 * first. Other backends' threads can be ended at any time.
 */

/** What asks a thread for it. */
export const letGo = 'let go of the graphics device';

/** A thread that computes answers between two steps; in a native call that does not return it never would. */
const patienceMilliseconds = 2_000;

/** Threads of this process that have said that they hold a graphics device, and not yet that they are done. */
const holders = new Set<Worker>();

/** What a thread has said of itself. */
export function noteHolding(worker: Worker, holds: boolean): void {
  if (holds) holders.add(worker);
  else holders.delete(worker);
  if (holds) worker.once('exit', () => holders.delete(worker));
}

/** Whether this process cannot exit as others do. */
export function someThreadHolds(): boolean {
  return holders.size > 0;
}

/** End a thread. */
export async function endThread(worker: Worker): Promise<void> {
  if (holders.has(worker)) {
    const ended = once(worker, 'exit').catch(() => {});
    worker.postMessage(letGo);
    await Promise.race([ended, sleep(patienceMilliseconds, undefined, { ref: false })]);
  }
  await worker.terminate();
}
