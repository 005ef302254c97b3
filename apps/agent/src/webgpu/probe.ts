import { fileURLToPath } from 'node:url';
import type { AdapterCard, Lack } from '@litmatter/models/webgpu';
import { LackingError } from '@litmatter/protocol';
import { z } from 'zod';
import { askChild } from '../backends/ask-child.ts';

const program = fileURLToPath(new URL('probe-child.ts', import.meta.url));

const adapter = z.object({ name: z.string(), software: z.boolean() });
const answer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(false), adapters: z.array(adapter), message: z.string() }),
  z.object({
    ok: z.literal(true),
    adapters: z.array(adapter),
    chosen: adapter.nullable(),
    lack: z.object({ detail: z.string(), mend: z.string() }).nullable(),
  }),
]);

/** What an installation truly computes on here, found by computing with it. */
export interface Probed {
  /** Null where none answers: then `lack` says why. */
  readonly chosen: AdapterCard | null;
  readonly lack: Lack | null;
  readonly adapters: readonly AdapterCard[];
}

/**
 * Load an installation in a process of its own and compute a product and its gradients there.
 *
 * @throws LackingError where it is not there, does not load, or computes wrongly
 */
export async function probeWebgpu(
  folder: string,
  { env = process.env, signal }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<Probed> {
  const what = `The WebGPU backend in ${folder}`;
  const { said } = await askChild({ what, program, folder, answer, env, signal });
  if (said.ok) return said;
  if (said.adapters.length === 0) throw new LackingError(said.message);
  const names = said.adapters.map(({ name }) => name).join(', ');
  throw new LackingError(`${what} does not compute on ${names}: ${said.message}`);
}
