import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { BackendCard, Examination, Finding, LauncherCard, MpiCard } from '@litmatter/protocol';
import { probedCards } from './backends/cards.ts';
import { webRoot } from './folders.ts';
import { hostFacts } from './host.ts';
import type { Launcher } from './launchers/launcher.ts';
import { findMpi } from './launchers/mpi-probe.ts';
import { probeLaunchers } from './launchers/registry.ts';
import { findRapl } from './rank/energy/rapl.ts';

export interface DoctorOptions {
  readonly dataFolder: string;
  readonly launchers: readonly Launcher[];
  /** The config file in use; null where there is none. */
  readonly config: string | null;
}

const probeMilliseconds = 4_000;
const littleDiskBytes = 2 ** 30;

/** What this machine can do and what it lacks. Looks only: nothing is installed, started or changed. */
export async function examine({ dataFolder, launchers, config }: DoctorOptions): Promise<Examination> {
  const host = hostFacts();
  const [backends, launcherCards, mpi, programs] = await Promise.all([
    probedCards(),
    probeLaunchers(launchers),
    findMpi(),
    Promise.all(knownPrograms.map(examineProgram)),
  ]);
  const findings: Finding[] = [
    { name: 'Node', status: 'ok', detail: `${process.version} at ${process.execPath}`, mend: null },
    {
      name: 'Cores',
      status: host.cores > 1 ? 'ok' : 'note',
      detail:
        host.cores > 1
          ? `${host.cores} usable: up to ${host.cores} devices without sharing`
          : 'one usable: more devices than one share it, and their times do not show scaling',
      mend: null,
    },
    { name: 'Memory', status: 'ok', detail: `${(host.memoryBytes / 2 ** 30).toFixed(1)} GiB`, mend: null },
    examineFolder(dataFolder),
    existsSync(join(webRoot, 'index.html'))
      ? { name: 'Dashboard', status: 'ok', detail: 'built', mend: null }
      : { name: 'Dashboard', status: 'missing', detail: 'not built yet', mend: 'npm run build' },
    config === null
      ? {
          name: 'Config',
          status: 'note',
          detail: 'no litmatter.config.ts here or above: built-in models and data sets',
          mend: null,
        }
      : { name: 'Config', status: 'ok', detail: config, mend: null },
    ...backends.map((card) => ofCard('Backend', card)),
    ...launcherCards.map((card) => ofCard('Launcher', card)),
    ofMpi(mpi),
    examineEnergy(),
    ...programs,
  ];
  return { host, backends, launchers: launcherCards, mpi, findings };
}

interface KnownProgram {
  readonly name: string;
  readonly command: readonly [program: string, ...words: string[]];
  /** What its first line of output says. */
  readonly found: (line: string) => string;
  readonly missing: Pick<Finding, 'status' | 'detail' | 'mend'>;
}

const knownPrograms: readonly KnownProgram[] = [
  {
    name: 'MPI',
    command: ['mpirun', '--version'],
    found: (line) => line,
    missing: {
      status: 'note',
      detail: 'no mpirun on the path: needed only to run over several machines',
      mend: 'apt-get install openmpi-bin (or: module load openmpi)',
    },
  },
  {
    name: 'Slurm',
    command: ['sinfo', '--version'],
    found: (line) => line,
    missing: {
      status: 'note',
      detail: 'sinfo is not here, or knows of no cluster: this is not a Slurm login node',
      mend: 'run litmatter on a login node of the cluster (or: module load slurm)',
    },
  },
  {
    name: 'Python',
    command: ['python3', '--version'],
    found: (line) => line,
    missing: {
      status: 'note',
      detail: 'not found: needed only by the benchmarks against PyTorch Geometric',
      mend: 'apt-get install python3',
    },
  },
  {
    name: 'NVIDIA GPU',
    command: ['nvidia-smi', '--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'],
    found: (line) => line,
    missing: { status: 'note', detail: 'nvidia-smi finds none: devices are CPU cores here', mend: null },
  },
];

async function examineProgram({ name, command, found, missing }: KnownProgram): Promise<Finding> {
  const [program, ...words] = command;
  const line = await firstLine(program, words);
  return line === undefined ? { name, ...missing } : { name, status: 'ok', detail: found(line), mend: null };
}

/** The first line a program prints; undefined where it is not there, fails, or takes too long. */
function firstLine(program: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: probeMilliseconds, killSignal: 'SIGKILL' }, (error, stdout) => {
      const line = stdout.split('\n', 1)[0]!.trim();
      resolve(error === null && line !== '' ? line : undefined);
    });
  });
}

function examineFolder(folder: string): Finding {
  const name = 'Data folder';
  try {
    const there = nearestExisting(folder);
    accessSync(there, constants.W_OK);
    const { bavail, bsize } = statfsSync(there);
    const free = bavail * bsize;
    const detail = `${folder}, ${(free / 2 ** 30).toFixed(1)} GiB free`;
    return free < littleDiskBytes
      ? { name, status: 'note', detail, mend: 'free some space, or choose another folder with --data' }
      : { name, status: 'ok', detail, mend: null };
  } catch (error) {
    return {
      name,
      status: 'missing',
      detail: `${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      mend: 'choose a folder of your own with --data or LITMATTER_DATA',
    };
  }
}

/** The folder, or where it does not exist yet the one it would be made in. */
function nearestExisting(folder: string): string {
  let there = resolve(folder);
  while (!existsSync(there)) there = dirname(there);
  return there;
}

function ofCard(kind: string, card: BackendCard | LauncherCard): Finding {
  return {
    name: `${kind} ${card.name}`,
    status: card.available ? 'ok' : 'note',
    detail: card.detail,
    mend: card.mend,
  };
}

function ofMpi(mpi: MpiCard): Finding {
  const name = 'MPI library';
  if ('lacking' in mpi) {
    const detail = 'none found: needed only to run over several machines';
    return { name, status: 'note', detail, mend: mpi.lacking };
  }
  return { name, status: 'ok', detail: `${mpi.version}, ${mpi.file}`, mend: null };
}

/** Counters of energy: an epoch's record tells what they count. GPUs tell their power to everybody. */
function examineEnergy(): Finding {
  const name = 'Energy';
  const found = findRapl();
  if (found === undefined) {
    const detail = 'this machine shows no counters (RAPL): of its processors the energy stays unknown';
    return { name, status: 'note', detail, mend: null };
  }
  if ('refused' in found) {
    const detail = 'there are counters (RAPL) that this user may not read: energy an epoch stays unknown';
    return { name, status: 'note', detail, mend: `sudo chmod a+r ${found.refused}` };
  }
  const packages = found.packages === 1 ? 'one processor' : `${found.packages} processors`;
  return { name, status: 'ok', detail: `counted for ${packages} (RAPL)`, mend: null };
}
