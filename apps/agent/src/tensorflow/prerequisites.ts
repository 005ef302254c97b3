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

interface Names {
  readonly apt: string;
  readonly dnf: string;
  readonly brew: string;
  /** What it is called among the modules of a cluster. */
  readonly module?: string;
}

const managers: readonly (readonly [program: string, command: (names: Names) => string])[] = [
  ['apt-get', ({ apt }) => `apt-get install -y ${apt}`],
  ['dnf', ({ dnf }) => `dnf install -y ${dnf}`],
  ['yum', ({ dnf }) => `yum install -y ${dnf}`],
  ['brew', ({ brew }) => `brew install ${brew}`],
];

async function mend(names: Names, env: NodeJS.ProcessEnv): Promise<string> {
  const onCluster = names.module === undefined ? '' : ` (on a cluster perhaps: module load ${names.module})`;
  for (const [program, command] of managers) {
    if (await answers(program, env)) return `${command(names)}${onCluster}`;
  }
  return `install ${names.apt}${onCluster}`;
}

async function answers(program: string, env: NodeJS.ProcessEnv, args = ['--version']): Promise<boolean> {
  return (await runTool(program, args, { env })).code === 0;
}

/** The C++ compiler: `$CXX`, else the first of g++, clang++ and c++ that answers. */
export async function findCompiler(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const names = env.CXX === undefined || env.CXX === '' ? ['g++', 'clang++', 'c++'] : [env.CXX];
  for (const name of names) if (await answers(name, env)) return name;
  return undefined;
}

/** What the package manager of Node is missing for either way. */
export async function missingForPackage(env: NodeJS.ProcessEnv): Promise<Missing[]> {
  if (await answers('npm', env)) return [];
  const names = { apt: 'npm', dnf: 'npm', brew: 'node', module: 'nodejs' };
  return [{ what: 'npm is missing', mend: await mend(names, env) }];
}

/** What building against a Python wheel's library needs: python3, its pip, a C++ compiler. */
export async function missingForWheel(env: NodeJS.ProcessEnv): Promise<Missing[]> {
  const missing: Missing[] = [];
  if (!(await answers('python3', env))) {
    const names = {
      apt: 'python3 python3-pip',
      dnf: 'python3 python3-pip',
      brew: 'python',
      module: 'python',
    };
    missing.push({ what: 'python3 is missing', mend: await mend(names, env) });
  } else if (!(await answers('python3', env, ['-m', 'pip', '--version']))) {
    const names = { apt: 'python3-pip', dnf: 'python3-pip', brew: 'python', module: 'python' };
    missing.push({ what: 'pip for python3 is missing', mend: await mend(names, env) });
  }
  if ((await findCompiler(env)) === undefined) {
    const named = env.CXX === undefined || env.CXX === '' ? '(g++ or clang++)' : `(CXX is ${env.CXX})`;
    const names = { apt: 'g++', dnf: 'gcc-c++', brew: 'gcc', module: 'gcc' };
    missing.push({ what: `a C++ compiler ${named} is missing`, mend: await mend(names, env) });
  }
  return missing;
}

const gibibyte = 2 ** 30;

/** What an installation takes at its fullest, with what it downloads: 1.3 GB was seen without CUDA. */
export function neededBytes(cuda: boolean): number {
  return (cuda ? 12 : 2) * gibibyte;
}

/** Whether the disk has too little room for it. */
export function missingDisk(folder: string, cuda: boolean): Missing[] {
  const { bavail, bsize } = statfsSync(nearestFolder(folder));
  const free = bavail * bsize;
  const needed = neededBytes(cuda);
  if (free >= needed) return [];
  const gib = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`;
  return [
    {
      what: `${folder} has ${gib(free)} free and ${gib(needed)} are needed`,
      mend: 'set LITMATTER_TENSORFLOW to a folder on a larger disk',
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
