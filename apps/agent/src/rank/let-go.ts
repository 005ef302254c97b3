import { parentPort } from 'node:worker_threads';
import { type Backend, closeBackend } from '@litmatter/models/node';
import { letGo } from './end-thread.ts';

/**
 * In a thread that computes: be ready to let go of the graphics device when asked to (end-thread.ts says why).
 *
 * @returns whether this backend wants it
 */
export function letGoWhenAsked({ name }: Backend): boolean {
  if (name !== 'webgpu' || parentPort === null) return false;
  parentPort.on('message', (message: unknown) => {
    if (message === letGo) void closeBackend().then(() => process.exit());
  });
  // It does not keep a thread alive that has nothing else to do.
  parentPort.unref();
  return true;
}
