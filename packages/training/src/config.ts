import type { ModelDefinition } from '@litmatter/models';
import type { DatasetDefinition } from '@litmatter/molecules';
import { InputError, type SiteConfigInput } from '@litmatter/protocol';

/** What a litmatter.config.ts exports: models and data sets of one's own, beside the built-in ones. */
export interface LitmatterConfig {
  readonly models?: readonly ModelDefinition[];
  readonly datasets?: readonly DatasetDefinition[];
  /** How ranks start on this site: Slurm's partition, account and further directives, mpirun's hosts. */
  readonly site?: SiteConfigInput;
}

/** Every model and data set that can be chosen. */
export type Definitions = Required<Pick<LitmatterConfig, 'models' | 'datasets'>>;

/** `export default defineConfig({ models: [...], datasets: [...] })`: gives the config back, with its type checked. */
export function defineConfig(config: LitmatterConfig): LitmatterConfig {
  return config;
}

/**
 * The built-in definitions with those of a config behind them.
 *
 * @param where - how the config is called in the sentence: its file's name
 * @throws InputError where a name stands twice: a config adds, it does not replace
 */
export function mergeConfig(builtIn: Definitions, config: LitmatterConfig, where: string): Definitions {
  const merge = <D extends { readonly name: string }>(kind: string, old: readonly D[], own: readonly D[]) => {
    const all = [...old, ...own];
    const twice = all.find(({ name }, i) => all.findIndex((other) => other.name === name) < i);
    if (!twice) return all;
    throw new InputError(`${where}: there are two ${kind}s named "${twice.name}": rename one.`);
  };
  return {
    models: merge('model', builtIn.models, config.models ?? []),
    datasets: merge('data set', builtIn.datasets, config.datasets ?? []),
  };
}
