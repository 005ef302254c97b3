import { InputError, type LauncherChoice, type SlurmSite } from '@litmatter/protocol';
import { rankProgram } from '../../folders.ts';
import type { RankJob } from '../../job.ts';
import { lostNode } from '../cause.ts';

/** What batch scripts are made of. */

export interface ScriptOptions {
  readonly site: SlurmSite;
  /** What runs the rank program. */
  readonly node?: string;
  readonly program?: string;
  /** A node that an earlier attempt has lost. */
  readonly avoid?: string | undefined;
}

/** Ahead of a time limit ranks get so many seconds to save. */
const saveSeconds = 60;

/** A node that fails takes the run on it along, not the allocation. */
export const surviving = '--no-kill';

export interface Asked {
  readonly name: string;
  readonly devices: number;
  readonly launcher: LauncherChoice;
  readonly site: SlurmSite;
  /** Where the script's own output goes. It sends it on itself: file names in #SBATCH lines have an escaping of their own. */
  readonly output?: string;
  /** Ahead of a time limit. */
  readonly signal?: string;
  /** A node to stay away from. */
  readonly avoid?: string | undefined;
}

/** What a script asks of Slurm: a rank a device, and what spec and site say, the spec before the site. */
export function directives(asked: Asked): string[] {
  const {
    name,
    devices,
    launcher,
    site,
    avoid,
    output = '/dev/null',
    signal = `USR1@${saveSeconds}`,
  } = asked;
  const timeLimit = launcher.timeLimit ?? site.timeLimit;
  const given = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [`${flag}=${value}`];
  return [
    `--job-name=${name}`,
    `--ntasks=${devices}`,
    ...((launcher.gpus ?? site.gpus) ? ['--gpus-per-task=1'] : []),
    ...given('--partition', launcher.partition ?? site.partition),
    ...given('--account', launcher.account ?? site.account),
    ...given('--qos', launcher.qos ?? site.qos),
    ...given('--exclude', avoid),
    ...given('--time', timeLimit),
    ...(timeLimit === undefined ? [] : [`--signal=${signal}`]),
    `--output=${output}`,
    // An attempt is launched once: its resume is a new attempt.
    '--no-requeue',
    ...site.directives,
  ];
}

/** srun with the rank program, as it stands in a script; `words` are further ones of srun's. */
export function srunCommand(options: ScriptOptions, words: readonly string[] = []): string {
  const { site, node = process.execPath, program = rankProgram } = options;
  return [...['srun', ...srunWords(site), ...words], ...[shellQuoted(node), shellQuoted(program)]].join(' ');
}

/** How ranks of one run are started: where one ends badly, all do. */
export function srunWords(site: SlurmSite): string[] {
  return [`--mpi=${site.mpi}`, '--kill-on-bad-exit=1', '--wait=5'];
}

/** The node that the attempt before has lost, where it has lost one. */
export function nodeToAvoid({ resume }: Pick<RankJob, 'resume'>): string | undefined {
  return resume?.because ? lostNode(resume.because) : undefined;
}

/** A word for a POSIX shell: nothing in it is anything but itself. */
export function shellQuoted(word: string): string {
  return `'${checked(word).replaceAll("'", `'\\''`)}'`;
}

function checked(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\u0000-\u001f\u007f]/.test(word)) return word;
  throw new InputError(
    `Slurm cannot work with the path ${JSON.stringify(word)}: choose one without control characters.`,
  );
}
