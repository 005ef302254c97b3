// What `npm start` and `npm test` share. Plain JavaScript on Node >= 20.19: this runs before
// anything is installed, so it may import nothing but Node itself.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

/** The environment in which `node` is the pinned Node 24 and every project command is found. */
export const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };

/** Run a command in the project, its output on this terminal; resolves with its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

function* filesBelow(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isFile()) {
    yield [path, stat];
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name !== 'node_modules' && name !== 'dist' && name !== 'test') yield* filesBelow(join(path, name));
  }
}

/** A digest of what the files are, by content: moves when one of them changes, not when a checkout touches it. */
export function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const [file] of filesBelow(join(root, path))) {
      hash
        .update(`${file.slice(root.length)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/** Whether `stampFile` says that the work which led to it was done on inputs of this digest. */
function isFresh(stampFile, value) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === value;
}

const manifests = () => [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  ...['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  ),
  'e2e/package.json',
  'bench/package.json',
];

/** Install the locked packages with the pinned pnpm, unless they are there already. */
export async function ensureInstalled() {
  const stamp = join(root, 'node_modules', '.litmatter-installed');
  const value = digest(manifests());
  if (isFresh(stamp, value)) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.error(`Installing packages with ${packageManager} (once) ...`);
  const args = [
    'exec',
    '--yes',
    '--',
    packageManager,
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
  ];
  // npm's own variables of the outer `npm start` must not steer the inner npm and pnpm.
  const clean = Object.fromEntries(
    Object.entries(env).filter(([key]) => !/^npm_(config_|lifecycle|package_|command)/.test(key)),
  );
  const code = await run('npm', args, { env: clean, stdio: ['ignore', process.stderr, process.stderr] });
  if (code !== 0) {
    console.error(
      'The packages could not be installed: the lines above say why. Is the npm registry reachable?',
    );
    process.exit(3);
  }
  writeFileSync(stamp, value);
}

/** Build the dashboard, unless the one in apps/web/dist is of these sources. */
export async function ensureBuilt() {
  const stamp = join(root, 'apps', 'web', 'dist', '.litmatter-built');
  const value = digest(['apps/web', 'packages', 'pnpm-lock.yaml']);
  if (isFresh(stamp, value)) return;
  console.error('Building the dashboard ...');
  const code = await run('vite', ['build', 'apps/web', '--logLevel', 'warn'], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (code !== 0) {
    console.error('The dashboard could not be built: the lines above say why.');
    process.exit(1);
  }
  writeFileSync(stamp, value);
}

/** Whether a program answers on this machine's PATH. */
export function has(program) {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
}

/** Whether the system's linker knows a library. */
export function hasLibrary(name) {
  const paths = `${process.env.PATH ?? ''}${delimiter}/sbin${delimiter}/usr/sbin`;
  const { stdout } = spawnSync('ldconfig', ['-p'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: paths },
  });
  return (stdout ?? '').includes(`${name} `);
}
