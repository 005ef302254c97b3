import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { npmWords } from '../backends/npm.ts';
import type { Reporter } from '../backends/progress.ts';
import { runTool } from '../backends/tool.ts';

export const packageVersion = '4.22.0';

export type PackageName = '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';

/** What every step of an installation works with. */
export interface Building {
  /** The folder it is built in. */
  readonly folder: string;
  readonly package: PackageName;
  readonly cuda: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Reporter;
  readonly signal?: AbortSignal;
}

export function packageFolder({ folder, package: name }: Pick<Building, 'folder' | 'package'>): string {
  return join(folder, 'node_modules', ...name.split('/'));
}

/**
 * Install the npm package without running its install script. Its own copy of TensorFlow.js is left out: the loader
 * gives it ours, of the same version, and the copy is 280 MB.
 *
 * @throws LackingError with npm's own words where it fails
 */
export async function installPackage(building: Building): Promise<void> {
  const { folder, package: name, env, report, signal } = building;
  report.say('package', `Installing ${name} ${packageVersion} from the npm registry`);
  const substitute = join(folder, 'tfjs-of-litmatter');
  mkdirSync(substitute, { recursive: true });
  const write = (path: string, content: object) =>
    writeFileSync(join(path, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
  write(substitute, { name: '@tensorflow/tfjs', version: packageVersion });
  write(folder, {
    private: true,
    dependencies: { [name]: packageVersion, 'node-api-headers': '^1.9.0' },
    overrides: { '@tensorflow/tfjs': 'file:./tfjs-of-litmatter' },
  });
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await runTool('npm', args, { cwd: folder, env, ...(signal && { signal }) });
  if (code !== 0) throw new LackingError(npmWords(name, output));
}
