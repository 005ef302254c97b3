import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError, LackingError, type LauncherCard, type MpirunSite } from '@litmatter/protocol';
import { rankProgram } from '../folders.ts';
import type { RankJob } from '../job.ts';
import type { MpiFamily } from '../rank/mpi/library.ts';
import { causeInLog, toldOf } from './cause.ts';
import { adoptDetached, type Detached, startDetached } from './detached.ts';
import { jobFileOf, lastLines, starterEnv, withHubMachine, writeJob } from './job-files.ts';
import type { Launched, Launcher } from './launcher.ts';
import { findMpi } from './mpi-probe.ts';

export interface MpirunLauncherOptions {
  readonly site: MpirunSite;
  /** Attempts under way at once: one, since runs would share the cores they are to measure. */
  readonly limit?: number;
}

/** Which rank was killed, where mpirun itself does not say. */
const tellSignal = fileURLToPath(new URL('tell-signal.sh', import.meta.url));

const probeMilliseconds = 5_000;
const mend = 'apt-get install openmpi-bin (or: module load openmpi, before litmatter is started)';

/** Ranks as processes of MPI's own starter: on this machine, or on the hosts of a file. */
export function mpirunLauncher({ site, limit = 1 }: MpirunLauncherOptions): Launcher {
  const program = site.program ?? 'mpirun';

  const asProcess = (job: RankJob, family: MpiFamily | undefined): Detached => ({
    job,
    marker: markerOf(job),
    // What mpirun passes on to every rank. Open MPI's turns SIGTERM into SIGKILL after a second; MPICH's dies of
    // SIGUSR2, and ends all ranks by a second SIGINT.
    ...(family === 'MPICH' ? { ask: 'SIGINT', force: 'SIGINT' } : { ask: 'SIGUSR2', force: 'SIGTERM' }),
    causeOf: causeInLog,
  });

  return {
    name: 'mpirun',
    limit,
    async launch(job) {
      const family = familyOf(await versionOf(program));
      if (family === undefined) throw new LackingError(`"${program}" does not answer. Run: ${mend}.`);
      const hostsFile = job.spec.launcher.hostsFile ?? site.hostsFile;
      const hosts = hostsFile === undefined ? undefined : readHosts(hostsFile);
      const slots = hosts === undefined ? availableParallelism() : countSlots(hosts);
      writeJob(withHubMachine(job));
      const words = mpirunWords(job, {
        family,
        hostsFile: hosts === undefined ? undefined : writeHosts(job, hosts, family),
        slots,
        words: site.words,
        asRoot: process.getuid?.() === 0,
      });
      return startDetached(asProcess(job, family), { program, words, env: mpirunEnv(job, hostsFile, slots) });
    },
    async adopt(job, reference) {
      const family = familyOf(await versionOf(program));
      return adoptDetached(asProcess(job, family), reference) ?? ended(job);
    },
    async check({ launcher }) {
      const hostsFile = launcher.hostsFile ?? site.hostsFile;
      if (hostsFile !== undefined) readHosts(hostsFile);
    },
    async probe() {
      const line = await versionOf(program);
      const family = familyOf(line);
      const library = await findMpi(family);
      const lacking = (detail: string, how = mend): LauncherCard => ({
        ...{ name: 'mpirun', available: false, detail, mend: how, devices: null },
      });
      if (family === undefined) return lacking(`There is no "${program}" here.`);
      if ('lacking' in library) return lacking(`${line}, but its library is not found.`, library.lacking);
      if (library.family !== family) {
        return lacking(
          `${program} is of ${family}, the library ${library.file} of ${library.family}: they do not belong together.`,
          'put the right mpirun first on the PATH, or name the library in LITMATTER_MPI_LIBRARY',
        );
      }
      const slots = site.hostsFile === undefined ? availableParallelism() : safeSlots(site.hostsFile);
      const where = site.hostsFile === undefined ? 'on this machine' : `on the hosts of ${site.hostsFile}`;
      return {
        name: 'mpirun',
        available: true,
        detail: `${library.version}, a process a rank ${where}; runs take turns.`,
        mend: null,
        devices: slots > 0 ? slots : null,
        ...(site.hostsFile !== undefined && { site: { hostsFile: site.hostsFile } }),
      };
    },
  };
}

/**
 * What this attempt's mpirun is found again by. Not an argument of any rank: theirs is the job file itself, whose path may
 * not stand here, for Open MPI writes its own arguments unquoted into a line for the shell of every other host.
 */
export function markerOf(job: Pick<RankJob, 'folder'>): string {
  return `job-${createHash('sha256').update(job.folder).digest('hex').slice(0, 32)}`;
}

/** mpirun is gone: its log may tell how. */
function ended(job: RankJob): Launched | undefined {
  const cause = causeInLog(lastLines(job, 65_536));
  if (cause === undefined) return undefined;
  const end = Promise.resolve({ code: null, signal: null, tail: lastLines(job), ...toldOf(cause) });
  return { reference: 'ended', ended: end, cancel: async () => {} };
}

export interface MpirunWordsOptions {
  readonly family: MpiFamily;
  readonly hostsFile: string | undefined;
  /** Ranks that have a core of their own. */
  readonly slots: number;
  readonly words: readonly string[];
  readonly asRoot: boolean;
}

/** mpirun's arguments: each a word of its own, no shell reads them. */
export function mpirunWords(job: RankJob, options: MpirunWordsOptions): string[] {
  const { family, hostsFile, slots, words, asRoot } = options;
  const { devices } = job.spec;
  const rank = [process.execPath, rankProgram, '--job', jobFileOf(job)];
  if (family === 'MPICH') {
    const hosts = hostsFile === undefined ? [] : ['-f', hostsFile];
    const told = ['/bin/sh', tellSignal, ...rank];
    return [...hosts, '-genv', 'LITMATTER_ATTEMPT', markerOf(job), ...words, '-n', String(devices), ...told];
  }
  return [
    ...(asRoot ? ['--allow-run-as-root'] : []),
    ...(hostsFile === undefined ? [] : ['--hostfile', hostsFile]),
    ...(devices > slots ? ['--oversubscribe'] : []),
    // Bound to one core, a rank's heartbeat would wait for its own gradient.
    ...['--bind-to', 'none', '--mca', 'litmatter_attempt', markerOf(job)],
    ...words,
    ...['-np', String(devices), ...rank],
  ];
}

function mpirunEnv(job: RankJob, hostsFile: string | undefined, slots: number): NodeJS.ProcessEnv {
  const env = starterEnv();
  // Ranks that wait ask without end: where they share a core, they must let go of it (33 ms became 7 ms).
  if (job.spec.devices > slots) env.OMPI_MCA_mpi_yield_when_idle ??= '1';
  // On one machine no other interface is needed, and those of containers and tunnels are traps.
  if (hostsFile === undefined && process.platform === 'linux') {
    env.OMPI_MCA_btl_tcp_if_include ??= 'lo';
    env.OMPI_MCA_oob_tcp_if_include ??= 'lo';
  }
  return env;
}

/** @throws InputError where the file is not there or names no host */
function readHosts(file: string): string {
  if (!existsSync(file)) {
    throw new InputError(
      `There is no hosts file ${file} on this machine: name one with a host a line, such as "n1 slots=4".`,
      {
        'launcher.hostsFile':
          'is not on the hub’s machine: name one with a host a line, such as “n1 slots=4”',
      },
    );
  }
  const text = readFileSync(file, 'utf8');
  if (countSlots(text) > 0) return text;
  throw new InputError(`The hosts file ${file} names no host: write one a line, such as "n1 slots=4".`, {
    'launcher.hostsFile': 'names no host: write one a line, such as “n1 slots=4”',
  });
}

/**
 * The hosts in the words of this mpirun, in the attempt's folder: "n1 slots=4" is refused by MPICH's, "n1:4" by
 * Open MPI's.
 */
function writeHosts(job: RankJob, text: string, family: MpiFamily): string {
  const file = join(job.folder, 'hosts');
  writeFileSync(file, hostsFor(family, text), { mode: 0o600 });
  return file;
}

export function hostsFor(family: MpiFamily, text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) =>
      family === 'MPICH'
        ? line
            .replace(/\s+max[-_]slots\s*=\s*\d+/, '')
            .replace(/^(\s*[^\s#:]+)([^#]*?)\s+slots\s*=\s*(\d+)/, '$1:$3$2')
        : line.replace(/^(\s*[^\s#:]+):(\d+)(?=\s|$)/, '$1 slots=$2'),
    )
    .join('\n');
}

function safeSlots(file: string): number {
  try {
    return countSlots(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

/** Ranks that the hosts of a file take: "n1 slots=4" (Open MPI), "n1:4" (MPICH), one where a line does not say. */
export function countSlots(text: string): number {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .reduce(
      (sum, line) =>
        sum + Number(/\bslots\s*=\s*(\d+)/.exec(line)?.[1] ?? /^\S+:(\d+)\b/.exec(line)?.[1] ?? 1),
      0,
    );
}

function familyOf(line: string | undefined): MpiFamily | undefined {
  if (line === undefined) return undefined;
  if (/open mpi|openrte|prte/i.test(line)) return 'Open MPI';
  return /hydra|mpich|intel\(r\) mpi/i.test(line) ? 'MPICH' : undefined;
}

/** The first line mpirun says of itself; undefined where there is none. */
function versionOf(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      program,
      ['--version'],
      { timeout: probeMilliseconds, killSignal: 'SIGKILL' },
      (error, stdout) => {
        const line = stdout.split('\n', 1)[0]!.trim();
        resolve(error === null && line !== '' ? line : undefined);
      },
    );
  });
}
