import { folderVariable } from '@litmatter/models/tensorflow';
import { answers, type Missing, mendOf, missingRoom } from '../backends/missing.ts';

/** The C++ compiler: `$CXX`, else the first of g++, clang++ and c++ that answers. */
export async function findCompiler(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const names = env.CXX === undefined || env.CXX === '' ? ['g++', 'clang++', 'c++'] : [env.CXX];
  for (const name of names) if (await answers(name, env)) return name;
  return undefined;
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
    missing.push({ what: 'python3 is missing', mend: await mendOf(names, env) });
  } else if (!(await answers('python3', env, ['-m', 'pip', '--version']))) {
    const names = { apt: 'python3-pip', dnf: 'python3-pip', brew: 'python', module: 'python' };
    missing.push({ what: 'pip for python3 is missing', mend: await mendOf(names, env) });
  }
  if ((await findCompiler(env)) === undefined) {
    const named = env.CXX === undefined || env.CXX === '' ? '(g++ or clang++)' : `(CXX is ${env.CXX})`;
    const names = { apt: 'g++', dnf: 'gcc-c++', brew: 'gcc', module: 'gcc' };
    missing.push({ what: `a C++ compiler ${named} is missing`, mend: await mendOf(names, env) });
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
  return missingRoom(folder, neededBytes(cuda), folderVariable);
}
