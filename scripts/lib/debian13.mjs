// A Debian 13 in a folder, for what Debian 12's packages cannot show: Slurm 24.11, Open MPI 5 and a newer MPICH.
// It is kept in the cache of node_modules; processes in it see this project at its own path and this machine's temporary
// folder, and every mount is gone with the last of them.
import { spawn, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, has, root, run } from './setup.mjs';

const packages = [
  ...['slurm-wlm', 'slurmctld', 'slurmd', 'slurm-client', 'slurm-wlm-basic-plugins', 'munge'],
  ...['openmpi-bin', 'mpich'],
];
/** Another mirror, where debootstrap's own cannot be reached. */
const mirror = process.env.LITMATTER_DEBIAN_MIRROR;
const cache = join(root, 'node_modules', '.cache', 'litmatter');
const folder = join(cache, 'debian13');
const log = join(cache, 'debian13.log');
const stamp = join(folder, 'litmatter-built');
/** Moves when what is built moves. */
const built = packages.join(' ');
const patienceMinutes = 10;
const aptInstall = 'apt-get install -y -qq --no-install-recommends';

/** In a mount namespace of its own: the project and what a system needs, mounted into the folder, which becomes `/`. */
const enter = `
set -e
folder=$1; project=$2; temporary=$3; shift 3
mount --bind "$folder" "$folder"
mount -t proc proc "$folder/proc"
mount --rbind /sys "$folder/sys"
mount --rbind /dev "$folder/dev"
mkdir -p "$folder$temporary"
mount --bind "$temporary" "$folder$temporary"
mkdir -p "$folder$project"
mount --bind "$project" "$folder$project"
exec chroot "$folder" /usr/bin/env -C "$project" "$@"`;

/** The words of a command that runs another one in the Debian 13 of `into`. */
function entering(into, words) {
  const place = [into, root.replace(/\/$/, ''), tmpdir()];
  return ['unshare', '--mount', '--propagation', 'private', 'bash', '-c', enter, 'bash', ...place, ...words];
}

/** Run a command of the project in the Debian 13; resolves with its exit code. */
export function inDebian13(words) {
  const [program, ...rest] = entering(folder, words);
  const inside = { PATH: `${env.PATH}:/usr/sbin:/sbin`, LITMATTER_DEBIAN13: '1' };
  return run(program, rest, { env: { ...env, ...inside } });
}

/** Whether it has been built already. */
export function hasDebian13() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === built;
}

/** Have it there. @returns undefined where it is, else a sentence that says why it cannot be */
export async function bringDebian13() {
  if (process.platform !== 'linux') return 'Debian 13 in a folder needs Linux';
  if (process.getuid?.() !== 0) return 'Debian 13 in a folder needs root (a mount namespace and chroot)';
  if (spawnSync('unshare', ['--mount', 'true']).status !== 0) return 'no mount namespaces may be made here';
  if (hasDebian13()) return undefined;
  mkdirSync(cache, { recursive: true });
  rmSync(log, { force: true });
  if (!has('debootstrap')) await step(['sh', '-c', `apt-get update -qq; ${aptInstall} debootstrap`]);
  if (!has('debootstrap')) return `debootstrap is not on this machine (Debian 13 in a folder)${said()}`;
  console.error('Building a Debian 13 in a folder, for Slurm 24.11 and Open MPI 5 (once, two minutes) ...');
  const part = `${folder}.part`;
  for (const old of [folder, part]) rmSync(old, { recursive: true, force: true });
  // In a namespace of its own too: where it is broken off, what it has mounted must not be left in a folder to delete.
  const apart = ['unshare', '--mount', '--propagation', 'private'];
  const from = mirror === undefined ? [] : [mirror];
  const debootstrap = ['debootstrap', '--foreign', '--variant=minbase', 'trixie', part, ...from];
  if ((await step([...apart, ...debootstrap])) !== 0) {
    return `Debian 13 could not be brought from ${mirror ?? 'its mirror'}${said()}`;
  }
  // Nothing of it needs to outlive a power cut, and to wait for the disk at every file is most of the time.
  const quick = join(part, 'etc/dpkg/dpkg.cfg.d');
  mkdirSync(quick, { recursive: true });
  writeFileSync(join(quick, 'litmatter'), 'force-unsafe-io\npath-exclude=/usr/share/doc/*\n');
  if ((await step([...apart, 'chroot', part, '/debootstrap/debootstrap', '--second-stage'])) !== 0) {
    return `Debian 13 could not be set up${said()}`;
  }
  const nodes = Array.from({ length: 8 }, (_, i) => `n${i + 1}`).join(' ');
  // Slurm 24 looks nodes up by the host names that they give themselves.
  writeFileSync(join(part, 'etc/hosts'), `127.0.0.1 localhost ${nodes}\n`);
  writeFileSync(join(part, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const install = `apt-get update -qq && ${aptInstall} ${packages.join(' ')} && apt-get clean`;
  if ((await step(entering(part, ['sh', '-c', install]))) !== 0) {
    return `the packages of Debian 13 could not be installed${said()}`;
  }
  writeFileSync(join(part, 'litmatter-built'), built);
  renameSync(part, folder);
  return undefined;
}

/** One command of the building, its output in the log; resolves with its exit code. */
function step([program, ...words]) {
  return new Promise((resolve) => {
    const out = createWriteStream(log, { flags: 'a' });
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', TMPDIR: tmpdir() },
      timeout: 60_000 * patienceMinutes,
      killSignal: 'SIGKILL',
    });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(out, { end: false });
    child.on('error', (error) => out.end(`${error.message}\n`, () => resolve(127)));
    child.on('close', (code) => out.end(() => resolve(code ?? 1)));
  });
}

/** The last line of the log, as the end of a sentence. */
function said() {
  const last = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').at(-1) : '';
  return last ? `: ${last}` : '';
}
