import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where things lie on disk. One place, so that the hub, the ranks' launcher and the command line agree. */

/**
 * The data folder where none is named: `$LITMATTER_DATA`, else `.litmatter` in the project the working directory
 * belongs to (the nearest folder upward with a litmatter.config.ts, a package.json or a .git), else in it.
 */
export function defaultDataFolder(from = process.cwd()): string {
  const named = process.env.LITMATTER_DATA;
  if (named !== undefined && named !== '') return resolve(from, named);
  return join(projectRoot(from), '.litmatter');
}

function projectRoot(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    for (const mark of ['litmatter.config.ts', 'package.json', '.git']) {
      if (existsSync(join(folder, mark))) return folder;
    }
    if (dirname(folder) === folder) return resolve(from);
  }
}

/** The folder of one attempt. `run` is an id of the protocol: it cannot lead out of the data folder. */
export function attemptFolder(dataFolder: string, run: string, attempt: number): string {
  return join(runFolder(dataFolder, run), String(attempt));
}

/** Files of an attempt's folder: the weights of its best epoch, and of its last. */
export const weightsFile = 'weights.safetensors';
export const lastWeightsFile = 'last.safetensors';

/** Where all attempts of a run keep their checkpoints. No attempt has this name: theirs are numbers. */
export function checkpointFolder(dataFolder: string, run: string): string {
  return join(runFolder(dataFolder, run), 'checkpoints');
}

export function runFolder(dataFolder: string, run: string): string {
  return join(dataFolder, 'attempts', run);
}

/** Where runs of an experiment that share an allocation take turns. No run has this name: theirs end with a number. */
export function allocationFolder(dataFolder: string, experiment: string): string {
  return runFolder(dataFolder, `${experiment}.allocation`);
}

/** Where `litmatter run` keeps an experiment of its own, a data folder in itself. */
export function ownRunFolder(dataFolder: string, experiment: string): string {
  return join(dataFolder, 'runs', experiment);
}

/** Downloaded, imported and cached data sets. */
export function datasetFolder(dataFolder: string): string {
  return join(dataFolder, 'datasets');
}

/** Files that were brought to be imported, until they are a data set. */
export function importFolder(dataFolder: string): string {
  return join(dataFolder, 'imports');
}

/** The built dashboard. */
export const webRoot: string = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** The program a rank runs. */
export const rankProgram: string = fileURLToPath(new URL('rank/main.ts', import.meta.url));

/** The `litmatter` program itself. */
export const litmatterProgram: string = fileURLToPath(new URL('cli/main.ts', import.meta.url));
