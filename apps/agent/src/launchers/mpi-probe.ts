import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { MpiFamily } from '../rank/mpi/library.ts';

/** The MPI library of this machine, looked for in a process of its own: a hub must not load one. */

const program = fileURLToPath(new URL('../rank/mpi/probe.ts', import.meta.url));
const probeMilliseconds = 10_000;

export const mpiFound = z.union([
  z.object({ family: z.enum(['Open MPI', 'MPICH']), version: z.string(), file: z.string() }),
  z.object({ lacking: z.string() }),
]);
export type MpiFound = z.infer<typeof mpiFound>;

/** Catalogue and doctor ask often, and the answer does not change: it holds for a minute. */
const heldMilliseconds = 60_000;
const held = new Map<MpiFamily, { readonly at: number; readonly found: Promise<MpiFound> }>();

/** What ranks would load: of the family of their mpirun where that is here, of another where it is not. */
export function findMpi(first: MpiFamily = 'Open MPI'): Promise<MpiFound> {
  const known = held.get(first);
  if (known !== undefined && performance.now() - known.at <= heldMilliseconds) return known.found;
  const found = look(first);
  held.set(first, { at: performance.now(), found });
  return found;
}

function look(first: MpiFamily): Promise<MpiFound> {
  return new Promise((resolve) => {
    const options = { timeout: probeMilliseconds, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [program, first], options, (_error, stdout) => {
      try {
        resolve(mpiFound.parse(JSON.parse(stdout)));
      } catch {
        resolve({ lacking: 'The MPI library of this machine cannot be loaded.' });
      }
    });
  });
}
