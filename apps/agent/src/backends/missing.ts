import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { runTool } from './tool.ts';

/** One thing an installation needs and this machine lacks. */
export interface Missing {
  /** "pip for python3 is missing" */
  readonly what: string;
  /** The command that mends it. */
  readonly mend: string;
}

/** What brings a thing, by the package manager's name for it. */
export interface PackageNames {
  readonly apt: string;
  readonly dnf: string;
  readonly brew: string;
  /** What it is called among the modules of a cluster. */
  readonly module?: string;
}

const managers: readonly (readonly [program: string, command: (names: PackageNames) => string])[] = [
  ['apt-get', ({ apt }) => `apt-get install -y ${apt}`],
  ['dnf', ({ dnf }) => `dnf install -y ${dnf}`],
  ['yum', ({ dnf }) => `yum install -y ${dnf}`],
  ['brew', ({ brew }) => `brew install ${brew}`],
];

/** The command of this machine that installs something. */
export async function mendOf(names: PackageNames, env: NodeJS.ProcessEnv): Promise<string> {
  const onCluster = names.module === undefined ? '' : ` (on a cluster perhaps: module load ${names.module})`;
  for (const [program, command] of managers) {
    if (await answers(program, env)) return `${command(names)}${onCluster}`;
  }
  return `install ${names.apt}${onCluster}`;
}

export async function answers(
  program: string,
  env: NodeJS.ProcessEnv,
  args = ['--version'],
): Promise<boolean> {
  return (await runTool(program, args, { env })).code === 0;
}

/** What is missing to bring packages from the npm registry. */
export async function missingNpm(env: NodeJS.ProcessEnv): Promise<Missing[]> {
  if (await answers('npm', env)) return [];
  const names = { apt: 'npm', dnf: 'npm', brew: 'node', module: 'nodejs' };
  return [{ what: 'npm is missing', mend: await mendOf(names, env) }];
}

const gibibyte = 2 ** 30;

/**
 * Whether the disk has too little room for an installation.
 *
 * @param variable - names another folder for it
 */
export function missingRoom(folder: string, needed: number, variable: string): Missing[] {
  const { bavail, bsize } = statfsSync(nearestFolder(folder));
  const free = bavail * bsize;
  if (free >= needed) return [];
  const gib = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`;
  return [
    {
      what: `${folder} has ${gib(free)} free and ${gib(needed)} are needed`,
      mend: `set ${variable} to a folder on a larger disk`,
    },
  ];
}

function nearestFolder(folder: string): string {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  return there;
}

/** "python3 is missing (mend: apt-get install -y python3); ..." */
export function missingWords(missing: readonly Missing[]): string {
  return missing.map(({ what, mend: command }) => `${what} (mend: ${command})`).join('; ');
}
