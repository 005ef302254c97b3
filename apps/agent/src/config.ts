import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtInModels } from '@litmatter/models';
import { builtInDatasets } from '@litmatter/molecules';
import { decode, InputError, type SiteConfig, siteConfig } from '@litmatter/protocol';
import { type Definitions, type LitmatterConfig, mergeConfig } from '@litmatter/training';
import { z } from 'zod';
import { shareOwnPackages } from './own-packages.ts';

const builtIn: Definitions = { models: builtInModels, datasets: builtInDatasets };

/** What a litmatter.config.ts is called. */
export const configName = 'litmatter.config.ts';

/** Every model and data set there is: the built-in ones and those of a config file. */
export interface Registry extends Definitions {
  /** Absolute; null where there is no config file. */
  readonly file: string | null;
  /** How ranks start here. */
  readonly site: SiteConfig;
}

const someFunction = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function');
const schema = z.custom<z.ZodType>((value) => value instanceof z.ZodType, 'must be a zod schema');

/** Only what tells a definition from something else: its own `define...` has checked the rest. */
const config = z.strictObject({
  models: z
    .array(z.looseObject({ name: z.string(), options: schema, graph: someFunction, build: someFunction }))
    .default([]),
  datasets: z.array(z.looseObject({ name: z.string(), options: schema, load: someFunction })).default([]),
  site: siteConfig.prefault({}),
});

/**
 * The nearest litmatter.config.ts from a folder upward; null where there is none. One that belongs to another user is
 * passed over: it would be run, and anybody can put a file into a shared folder such as /tmp.
 */
export function findConfig(from: string): string | null {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, configName);
    if (existsSync(file) && isOwn(file)) return file;
    if (dirname(folder) === folder) return null;
  }
}

function isOwn(file: string): boolean {
  const me = process.getuid?.();
  return me === undefined || [me, 0].includes(statSync(file).uid);
}

/**
 * The config file a command works with: the one named by --config, else the nearest one upward.
 *
 * @throws InputError where the named one does not exist
 */
export function configFile(named: string | undefined, from = process.cwd()): string | null {
  if (named === undefined) return findConfig(from);
  const file = resolve(from, named);
  if (!existsSync(file)) throw new InputError(`There is no config file ${file}.`);
  return file;
}

/**
 * Import a config file and put its models and data sets beside the built-in ones.
 *
 * @param file - absolute path, or null for the built-in ones alone
 * @throws InputError where the file cannot be imported, does not export a config, or gives a name twice
 */
export async function loadRegistry(file: string | null): Promise<Registry> {
  if (file === null) return { file, ...builtIn, site: siteConfig.parse({}) };
  let exported: unknown;
  shareOwnPackages();
  try {
    ({ default: exported } = (await import(pathToFileURL(file).href)) as { default?: unknown });
  } catch (error) {
    throw new InputError(`${file} cannot be imported: ${(error as Error).message}`);
  }
  if (exported === undefined) {
    throw new InputError(
      `${file} has no default export: write "export default defineConfig({ models: [...] })".`,
    );
  }
  const { site } = decode(config, exported, file);
  // What the schema has let through is what defineConfig takes.
  return { file, ...mergeConfig(builtIn, exported as LitmatterConfig, file), site };
}
