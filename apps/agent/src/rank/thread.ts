import { hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { resolveModel } from '@litmatter/models';
import { closeBackend, startBackend } from '@litmatter/models/node';
import { Pulse, SingleCollective, serialiseState, ThreadsCollective } from '@litmatter/training';
import { loadRegistry } from '../config.ts';
import { beatWhileWaiting } from './device-pulse.ts';
import { trainKept } from './keep.ts';
import { letGoWhenAsked } from './let-go.ts';
import type { ThreadInput, ThreadMessage } from './threads.ts';
import { withWarning } from './warn.ts';

/** What runs in each rank's thread: start the backend, build the model, train, tell the main thread. */

const { rank, job, data, memory, stop, pulses, oversubscribed } = workerData as ThreadInput;
const stopFlag = new Int32Array(stop);
const say = (message: ThreadMessage) => parentPort?.postMessage(message);

async function run(): Promise<void> {
  const collective = memory ? new ThreadsCollective(memory, rank) : new SingleCollective();
  const backend = await startBackend(job.spec.backend, { localRank: rank, localRanks: job.spec.devices });
  if (letGoWhenAsked(backend)) say({ type: 'holds' });
  const pulse = new Pulse(pulses, rank);
  beatWhileWaiting(backend, pulse);
  const registry = await loadRegistry(job.config);
  const result = await trainKept({
    job,
    registry,
    model: resolveModel(job.spec.model, registry.models).model,
    data,
    collective,
    pulse,
    place: { host: hostname().slice(0, 255), device: backend.device, backend: backend.name },
    oversubscribed: oversubscribed || backend.adapter?.shared === true,
    report: withWarning(backend, (body) => say({ type: 'report', body })),
    shouldStop: () => Atomics.load(stopFlag, 0) !== 0,
  });
  const { outcome, state, testMae } = result;
  await closeBackend();
  say({ type: 'done', outcome, testMae, state: rank === 0 ? serialiseState(state) : null });
}

run().catch(async (error: unknown) => {
  await closeBackend();
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  say({ type: 'failed', name, message, stack });
});
