import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { lastWords, npmWords } from '../backends/npm.ts';
import type { Reporter } from '../backends/progress.ts';
import { runTool } from '../backends/tool.ts';

/** The npm package that is Dawn for Node, and what it is to be: whatever registry brings it. */
export const pinned = {
  name: 'webgpu',
  version: '0.6.2',
  integrity:
    'sha512-3L4GfmqJLvYUIEWJngEQY+2HQiUlAFkg8+P8NDDj3Xx5hHHIFO/r8JW+ynfqBj7kHN4mbnwO74uB+lrRtLhp4Q==',
} as const;

/** What every step works with. */
export interface Building {
  /** The folder it is built in. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Reporter;
  readonly signal?: AbortSignal;
}

/** Where the package keeps the binary of a platform. */
export function binaryFolder(platform = process.platform, arch: string = process.arch): string {
  return `${platform}-${platform === 'darwin' ? 'universal' : arch}`;
}

/** The platforms it has a binary for. */
export const platforms: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'darwin-universal',
  'win32-x64',
  'win32-arm64',
];

/**
 * Bring the package from the registry npm is set to, check it against what is pinned here, and unpack of it what this
 * platform needs: 22 of 132 MB.
 *
 * @throws LackingError where npm does not bring it, it is another than the pinned, or it cannot be unpacked
 */
export async function bringPackage(building: Building): Promise<void> {
  const { folder, env, report, signal } = building;
  const { name, version } = pinned;
  const options = { env, ...(signal && { signal }) };
  report.say('package', `Downloading ${name} ${version} from the npm registry`);
  const downloads = join(folder, 'download');
  mkdirSync(downloads);
  const pack = ['pack', `${name}@${version}`, '--loglevel=error', '--pack-destination', downloads];
  const packed = await runTool('npm', pack, { ...options, cwd: folder });
  const archive = readdirSync(downloads).find((file) => file.endsWith('.tgz'));
  if (packed.code !== 0 || archive === undefined) throw new LackingError(npmWords(name, packed.output));
  const path = join(downloads, archive);
  checkIntegrity(readFileSync(path));

  report.say('unpack', 'Unpacking the binary of this platform');
  const home = join(folder, 'node_modules', name);
  mkdirSync(home, { recursive: true });
  const wanted = ['package.json', 'index.js', 'LICENSE.md', join('dist', binaryFolder())];
  const unpack = ['-xzf', path, '-C', home, '--strip-components=1'];
  const { code, output } = await runTool(
    'tar',
    [...unpack, ...wanted.map((file) => `package/${file}`)],
    options,
  );
  if (code !== 0 || !existsSync(join(home, 'dist', binaryFolder(), 'dawn.node'))) {
    const tar = code === null ? ' Is there a "tar" here? (apt-get install tar)' : '';
    throw new LackingError(`The package ${name} could not be unpacked: ${lastWords(output)}${tar}`);
  }
  rmSync(downloads, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ private: true, dependencies: { [name]: version } }, null, 2)}\n`,
  );
}

/** @throws LackingError where an archive is not the one pinned */
export function checkIntegrity(archive: Uint8Array, wanted: string = pinned.integrity): void {
  const found = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (found === wanted) return;
  throw new LackingError(
    `What npm brought as ${pinned.name} ${pinned.version} is not that package: its checksum is ${found} and should be ${wanted}. Is "npm config get registry" one to trust?`,
  );
}
