import { execFile } from 'node:child_process';
import { LackingError } from '@litmatter/protocol';
import { starterEnv } from '../job-files.ts';

/** A Slurm command that gave no answer in time: whether it was carried out is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export type Ask = (program: string, words: readonly string[]) => Promise<string>;

/** The queue of a large cluster is tens of megabytes. */
const mostBytes = 256 * 2 ** 20;

/**
 * Run a Slurm command to its end, no longer than so: against a cluster that is down they wait for ever.
 *
 * @throws NoAnswerError where it took too long; LackingError where it is not there; Error with its own words
 */
export function asking(seconds: number): Ask {
  return (program, words) =>
    new Promise((resolve, reject) => {
      const options = {
        env: starterEnv(),
        timeout: seconds * 1_000,
        killSignal: 'SIGKILL',
        maxBuffer: mostBytes,
      } as const;
      execFile(program, words, options, (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        if (error.code === 'ENOENT')
          return reject(new LackingError(`There is no "${program}" here: ${mend}.`));
        const said = stderr.trim().replaceAll(/^\w+: error: /gm, '');
        // Slurm's own words for a controller that does not answer.
        const silent = /Unable to contact|Connection refused|timed out|Socket/i.test(said);
        if (error.killed || silent) {
          return reject(
            new NoAnswerError(`${program} had no answer within ${seconds} s${said && `: ${said}`}`),
          );
        }
        reject(new Error(`${program}: ${said || error.message}`));
      });
    });
}

export const mend = 'run litmatter on a login node of the cluster (or: module load slurm)';
