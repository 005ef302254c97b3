import type { Backend } from '@litmatter/models/node';
import type { Pulse } from '@litmatter/training';

const beatMilliseconds = 1_000;

/**
 * Keep a rank's pulse going while it waits for a graphics device, which runs the kernels of a step after they were all
 * handed to it, and compiles those it meets for the first time: no kernel is run meanwhile, but the thread's loop turns.
 * A device that never answers is its driver's to notice, and is told as lost.
 */
export function beatWhileWaiting({ name }: Backend, pulse: Pulse): void {
  if (name === 'webgpu') setInterval(() => pulse.beat(), beatMilliseconds).unref();
}
