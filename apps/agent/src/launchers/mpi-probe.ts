import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

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
let held: { readonly at: number; readonly found: Promise<MpiFound> } | undefined;

export function findMpi(): Promise<MpiFound> {
  if (held === undefined || performance.now() - held.at > heldMilliseconds) {
    held = { at: performance.now(), found: look() };
  }
  return held.found;
}

function look(): Promise<MpiFound> {
  return new Promise((resolve) => {
    const options = { timeout: probeMilliseconds, killSignal: 'SIGKILL' } as const;
    execFile(process.execPath, [program], options, (_error, stdout) => {
      try {
        resolve(mpiFound.parse(JSON.parse(stdout)));
      } catch {
        resolve({ lacking: 'The MPI library of this machine cannot be loaded.' });
      }
    });
  });
}
