import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InputError, type SlurmSite } from '@litmatter/protocol';
import { rankProgram } from '../../folders.ts';
import type { RankJob } from '../../job.ts';
import { jobFileOf } from '../job-files.ts';

/** The batch script of an attempt, as it is handed to sbatch and shown before. */

export interface ScriptOptions {
  readonly site: SlurmSite;
  /** What runs the rank program. */
  readonly node?: string;
  readonly program?: string;
}

/** Ahead of a time limit ranks get so many seconds to save. */
const saveSeconds = 60;

/**
 * The job's name: by it a job is found again whose number was never learnt. A run's id holds nothing that Slurm minds;
 * the folder, which may, is in it as a digest, since another hub of this person's may have a run of the same id.
 */
export function jobName({ run, attempt, folder }: Pick<RankJob, 'run' | 'attempt' | 'folder'>): string {
  return `litmatter.${run}.${attempt}.${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`;
}

/**
 * The whole script. What a person has written stands in it as quoted words or has been checked to be a name; paths with
 * control characters are refused, since whoever reads the script should see all of it.
 *
 * @throws InputError naming the path
 */
export function sbatchScript(job: RankJob, options: ScriptOptions): string {
  const { site, node = process.execPath, program = rankProgram } = options;
  const { launcher, devices } = job.spec;
  const timeLimit = launcher.timeLimit ?? site.timeLimit;
  const given = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [`${flag}=${value}`];
  const directives = [
    `--job-name=${jobName(job)}`,
    `--ntasks=${devices}`,
    ...((launcher.gpus ?? site.gpus) ? ['--gpus-per-task=1'] : []),
    ...given('--partition', launcher.partition ?? site.partition),
    ...given('--account', launcher.account ?? site.account),
    ...given('--qos', launcher.qos ?? site.qos),
    ...given('--time', timeLimit),
    ...(timeLimit === undefined ? [] : [`--signal=USR1@${saveSeconds}`]),
    // The script sends its output to the log itself: file names in #SBATCH lines have an escaping of their own.
    '--output=/dev/null',
    // An attempt is launched once: its resume is a new attempt.
    '--no-requeue',
    ...site.directives,
  ];
  const srun = [
    ...['srun', `--mpi=${site.mpi}`, '--kill-on-bad-exit=1', '--wait=5'],
    ...[shellQuoted(node), shellQuoted(program), '--job', shellQuoted(jobFileOf(job))],
  ];
  return [
    '#!/bin/bash',
    ...directives.map((directive) => `#SBATCH ${directive}`),
    '',
    `exec >> ${shellQuoted(join(job.folder, 'rank.log'))} 2>&1`,
    ...site.setup,
    `exec ${srun.join(' ')}`,
    '',
  ].join('\n');
}

/** A word for a POSIX shell: nothing in it is anything but itself. */
function shellQuoted(word: string): string {
  return `'${checked(word).replaceAll("'", `'\\''`)}'`;
}

function checked(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\u0000-\u001f\u007f]/.test(word)) return word;
  throw new InputError(
    `Slurm cannot work with the path ${JSON.stringify(word)}: choose one without control characters.`,
  );
}
