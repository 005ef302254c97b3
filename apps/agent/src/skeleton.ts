import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInModels } from '@litmatter/models';
import { builtInDatasets } from '@litmatter/molecules';
import { decode, InputError, registryName } from '@litmatter/protocol';
import { laws } from '@litmatter/scaling';
import { configName, findConfig } from './config.ts';

/** What can be begun from a skeleton. */
export const skeletonKinds = ['model', 'dataset', 'law'] as const;
export type SkeletonKind = (typeof skeletonKinds)[number];

interface Skeleton {
  /** The file that is copied, kept and tested in its package. */
  readonly file: URL;
  /** That package. */
  readonly scope: string;
  /** Names that are taken. */
  readonly taken: readonly string[];
  /** The list of a config that it is named in. */
  readonly list?: 'models' | 'datasets';
  /** A spec to begin with. */
  readonly spec?: (name: string) => string;
}

const packages = new URL('../../../packages/', import.meta.url);

const training = `training: { epochs: 5, batchPerDevice: 32, learningRate: 0.001 }
devices: [1]
`;

const skeletons: Readonly<Record<SkeletonKind, Skeleton>> = {
  model: {
    file: new URL('models/src/SKELETON.ts', packages),
    scope: '@litmatter/models',
    taken: builtInModels.map(({ name }) => name),
    list: 'models',
    spec: (name) => `name: ${name} on the bundled molecules
models:
  - { name: ${JSON.stringify(name)}, preset: small }
dataset: { name: bundled, target: dipole, limit: 1000 }
${training}`,
  },
  dataset: {
    file: new URL('molecules/src/datasets/SKELETON.ts', packages),
    scope: '@litmatter/molecules',
    taken: builtInDatasets.map(({ name }) => name),
    list: 'datasets',
    spec: (name) => `name: SchNet on ${name}
models:
  - { name: schnet, preset: small }
dataset: { name: ${JSON.stringify(name)} }
${training}`,
  },
  law: {
    file: new URL('scaling/src/laws/SKELETON.ts', packages),
    scope: '@litmatter/scaling',
    taken: laws.map(({ name }) => name),
  },
};

/** What was written, and what is left to do. */
export interface Begun {
  /** The files written or changed, as seen from the folder. */
  readonly files: readonly string[];
  /** What to add to a config that could not be changed; undefined where there is nothing. */
  readonly entry?: string;
}

/**
 * Begin a model, data set or law of one's own: its file, an entry in the nearest config, and a spec to run it with.
 *
 * @throws InputError where the name is no name or is taken, or a file is there already; nothing is then written
 */
export function beginFrom(kind: SkeletonKind, name: string, folder: string): Begun {
  decode(registryName, name, `The name "${name}"`);
  const skeleton = skeletons[kind];
  const { taken, list, spec } = skeleton;
  if (taken.includes(name) || `${name}.ts` === configName) {
    throw new InputError(`The name "${name}" is taken: choose another for your ${wordOf(kind)}.`);
  }
  const code = readFileSync(skeleton.file, 'utf8');
  const identifier = identifierOf(name, kind, code);
  const files = new Map([[`${name}.ts`, filledIn(code, { name, identifier, folder }, skeleton)]]);
  if (spec) files.set(`${name}.yaml`, spec(name));
  for (const path of files.keys()) {
    if (existsSync(join(folder, path))) {
      throw new InputError(`${path} is here already: choose another name, or put it away.`);
    }
  }
  let entry: string | undefined;
  if (list) {
    const config = findConfig(folder) ?? join(folder, configName);
    const old = existsSync(config) ? readFileSync(config, 'utf8') : configText({ models: [], datasets: [] });
    const file = relative(dirname(config), join(folder, name)).replaceAll('\\', '/');
    const changed = withEntry(old, list, { identifier, file });
    if (changed) files.set(relative(folder, config), changed);
    else entry = `import { ${identifier} } from './${file}.ts'; and ${identifier} in its list of ${list}`;
  }
  for (const [path, content] of files) writeFileSync(join(folder, path), content);
  return { files: [...files.keys()], ...(entry !== undefined && { entry }) };
}

function wordOf(kind: SkeletonKind): string {
  return kind === 'dataset' ? 'data set' : kind;
}

/** A skeleton under its new name. Its own package is imported by its name, but in the skeleton's own folder. */
function filledIn(
  text: string,
  { name, identifier, folder }: { name: string; identifier: string; folder: string },
  { file, scope }: Skeleton,
): string {
  const renamed = text
    // What is said of the skeleton itself.
    .replace(/\n \* A [a-z ]+ to copy:[\s\S]*?\n \*\n/, '\n')
    .replace(/`litmatter new \w+ NAME` copies this file[^.]*\. /, '')
    .replace(/title: '(Skeleton|A [a-z ]+ to copy)'/, `title: '${name}'`)
    .replaceAll("'skeleton'", `'${name}'`)
    .replaceAll('/skeleton/', `/${name}/`)
    .replace(/\bskeleton\b/g, identifier)
    .replaceAll('NAME.ts', `${name}.ts`);
  if (folder === fileURLToPath(new URL('.', file))) return renamed;
  const own = [...renamed.matchAll(/^import \{ ([\w, ]+) \} from '\.[^']*';\n/gm)];
  if (own.length === 0) return renamed;
  const names = own.flatMap(([, list]) => list.split(', ')).sort();
  const rest = own.reduce((left, [line]) => left.replace(line, ''), renamed);
  return `import { ${names.join(', ')} } from '${scope}';\n${rest}`;
}

/** "my-model" -> "myModel"; a name that stands in the code already, or that JavaScript keeps, gets the kind before it. */
function identifierOf(name: string, kind: SkeletonKind, code: string): string {
  const camel = name.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase());
  const free = /^[A-Za-z]/.test(camel) && !kept.has(camel) && !new RegExp(`\\b${camel}\\b`).test(code);
  return free ? camel : `${kind}${camel.charAt(0).toUpperCase()}${camel.slice(1)}`;
}

/** Words that cannot be names in a module, and one that the config has. */
const kept = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public ' +
    'return static super switch this throw true try typeof var void while with yield defineConfig'
  ).split(' '),
);

interface Entry {
  readonly identifier: string;
  readonly file: string;
}

type Entries = Readonly<Record<'models' | 'datasets', readonly Entry[]>>;

function configText(entries: Entries): string {
  const imports = [...entries.models, ...entries.datasets].map(
    ({ identifier, file }) => `import { ${identifier} } from './${file}.ts';\n`,
  );
  const lists = (['models', 'datasets'] as const).map(
    (list) => `${list}: [${entries[list].map(({ identifier }) => identifier).join(', ')}]`,
  );
  return `import { defineConfig } from '@litmatter/training';\n${imports.join('')}\nexport default defineConfig({ ${lists.join(', ')} });\n`;
}

/** A config with one more entry; undefined where a person has written it otherwise than this would. */
function withEntry(text: string, list: 'models' | 'datasets', entry: Entry): string | undefined {
  const imported = new Map(
    [...text.matchAll(/^import \{ (\w+) \} from '\.\/([^']+)\.ts';$/gm)].map(([, identifier, file]) => [
      identifier,
      { identifier, file },
    ]),
  );
  const named = (of: string): Entry[] =>
    (new RegExp(`\\b${of}: \\[([\\w, ]*)\\]`).exec(text)?.[1] ?? '')
      .split(/,\s*/)
      .flatMap((identifier) => imported.get(identifier) ?? []);
  const entries = { models: named('models'), datasets: named('datasets') };
  if (configText(entries) !== text || imported.has(entry.identifier)) return undefined;
  return configText({ ...entries, [list]: [...entries[list], entry] });
}
