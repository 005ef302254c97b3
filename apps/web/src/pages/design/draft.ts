import {
  type Catalogue,
  check,
  type DatasetCard,
  type ExperimentSpec,
  experimentSpec,
  type ModelCard,
} from '@litmatter/protocol';
import { checkOptions, splitGrid } from '../../forms/schema.ts';
import { listed } from '../../words/format.ts';
import { type FieldInfo, type FieldKey, fieldKeys, fields } from './fields.ts';
import { type DraftModel, parseModel, parseNamed } from './models.ts';
import type { DesignSearch } from './search.ts';

/** What a person has designed so far: the address, read with the catalogue's defaults. */
export interface Draft {
  readonly models: readonly DraftModel[];
  readonly dataset: string;
  readonly datasetOptions: Readonly<Record<string, unknown>>;
  /** As typed. */
  readonly devices: string;
  readonly launcher: string;
  /** The batch script that is open to be read; undefined where none is. */
  readonly script: string | undefined;
  /** Text of each field: typed, or its default. */
  readonly texts: Readonly<Record<FieldKey, string>>;
  /** What each field holds when nothing is typed. */
  readonly defaults: Readonly<Record<FieldKey, string>>;
}

/** The spec a draft comes to, or what is wrong with it, by its place in the spec. */
export interface Checked {
  readonly spec: ExperimentSpec | undefined;
  readonly errors: Readonly<Record<string, string>>;
}

const schemaDefaults = experimentSpec.parse({
  name: 'defaults',
  models: [{ name: 'any' }],
  dataset: { name: 'any' },
  devices: [1],
});

export function readDraft(search: DesignSearch, catalogue: Catalogue): Draft {
  const models = (search.model ?? [firstModel(catalogue)]).map(parseModel);
  const usual = (catalogue.datasets.find((d) => d.available) ?? catalogue.datasets[0])?.name ?? '';
  const { name: dataset, options: datasetOptions } = parseNamed(search.data ?? usual);
  const devices = search.devices ?? '1, 2, 4';
  const launcher = search.launcher ?? catalogue.launchers.find((l) => l.available)?.name ?? 'local';
  const defaults = defaultTexts(models, dataset, catalogue);
  const texts = Object.fromEntries(fieldKeys.map((key) => [key, search[key] ?? defaults[key]]));
  return {
    models,
    dataset,
    datasetOptions,
    devices,
    launcher,
    script: search.script,
    texts: texts as Record<FieldKey, string>,
    defaults,
  };
}

function firstModel(catalogue: Catalogue): string {
  const [model] = catalogue.models;
  if (!model) return '';
  return `${model.name}:${model.presets.some((p) => p.name === 'small') ? 'small' : (model.presets[0]?.name ?? 'small')}`;
}

function defaultTexts(
  models: readonly DraftModel[],
  dataset: string,
  catalogue: Catalogue,
): Record<FieldKey, string> {
  const data = catalogue.datasets.find((d) => d.name === dataset);
  const first = models[0];
  const recipe = first && presetOf(catalogue, first)?.training;
  const base = structuredClone(schemaDefaults) as unknown as Record<string, unknown>;
  if (recipe) base.training = mergeDeep(base.training as Record<string, unknown>, recipe);
  const texts = fieldKeys.map((key) => {
    const value = valueAt(base, fields[key].path);
    return [key, value === undefined ? '' : String(value)] as const;
  });
  return {
    ...(Object.fromEntries(texts) as Record<FieldKey, string>),
    name: suggestedName(models, data, catalogue),
    target: data?.defaultTarget ?? '',
  };
}

export function suggestedName(
  models: readonly DraftModel[],
  data: DatasetCard | undefined,
  catalogue: Catalogue,
): string {
  const titles = models.map((m) => `${modelCard(catalogue, m.name)?.title ?? m.name} ${m.preset}`);
  return `${listed(titles) || 'Nothing'} on ${data?.title ?? 'a data set'}`.slice(0, 200);
}

export function modelCard(catalogue: Catalogue, name: string): ModelCard | undefined {
  return catalogue.models.find((card) => card.name === name);
}

export function presetOf(catalogue: Catalogue, model: DraftModel) {
  return modelCard(catalogue, model.name)?.presets.find((preset) => preset.name === model.preset);
}

/** "1, 2, 4 8" -> [1, 2, 4, 8]; what is not a whole number stays text and is refused by name. */
export function parseDevices(text: string): (number | string)[] {
  return text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Fields that a named split takes the place of. */
const shares: ReadonlySet<FieldKey> = new Set(['train', 'validation', 'test']);

/** Turn a draft into a spec, or into sentences that mark its fields. */
export function checkDraft(draft: Draft, catalogue: Catalogue): Checked {
  const errors: Record<string, string> = {};
  const candidate: Record<string, unknown> = {};
  for (const key of fieldKeys) {
    const info: FieldInfo = fields[key];
    if (info.launcher !== undefined && info.launcher !== draft.launcher) continue;
    const text = draft.texts[key].trim();
    if (text === '' && info.optional) continue;
    if (draft.texts.split !== '' && shares.has(key)) continue;
    put(candidate, info.path, typedValue(info, text));
    const sizes = info.kind === 'sizes' ? parseDevices(text) : [];
    const none = sizes.find((one) => typeof one === 'string');
    if (none !== undefined) errors[info.path] = `“${none}” is not a number`;
    const numeric = info.kind === 'integer' || info.kind === 'number';
    if (numeric && text !== '' && typeof typedValue(info, text) === 'string')
      errors[info.path] = `“${text}” is not a number`;
  }
  put(candidate, 'dataset.name', draft.dataset);
  put(candidate, 'dataset.options', draft.datasetOptions);
  candidate.models = draft.models.map((model) => {
    const schema = modelCard(catalogue, model.name)?.optionsSchema;
    return schema ? { ...model, ...splitGrid(schema, model.options) } : model;
  });
  put(candidate, 'launcher.name', draft.launcher);
  candidate.devices = parseDevices(draft.devices);
  const notCounts = (candidate.devices as unknown[]).filter((one) => typeof one === 'string');
  if (notCounts.length > 0)
    errors.devices = `“${notCounts[0]}” is not a device count: write whole numbers with commas between them`;

  draft.models.forEach((model, index) => {
    const card = modelCard(catalogue, model.name);
    if (!card) {
      errors[`models.${index}.name`] = `this hub has no model “${model.name}”`;
      return;
    }
    if (!presetOf(catalogue, model))
      errors[`models.${index}.preset`] = `${card.title} has no preset “${model.preset}”`;
    for (const [option, problem] of Object.entries(checkOptions(card.optionsSchema, model.options)))
      errors[`models.${index}.options.${option}`] = problem;
  });
  const data = catalogue.datasets.find((d) => d.name === draft.dataset);
  if (!data) errors['dataset.name'] = `this hub has no data set “${draft.dataset}”`;
  else if (!data.available)
    errors['dataset.name'] = `${data.title} is not on this hub yet${data.mend ? `: ${data.mend}` : ''}`;

  const decoded = check(experimentSpec, candidate);
  for (const { path, text } of 'complaints' in decoded ? decoded.complaints : []) {
    const at = placeOf(path);
    errors[at] ??= text;
  }
  return { spec: Object.keys(errors).length === 0 ? decoded.data : undefined, errors };
}

/** The field that a place in the spec is typed into: lists are one line, an option's several values its own. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path[0] === 'devices') return 'devices';
  if (path[0] === 'dataset' && (path[1] === 'limit' || path[1] === 'limits')) return 'dataset.limit';
  if (path[0] === 'models' && path[2] === 'grid' && path.length > 3)
    return `models.${String(path[1])}.options.${String(path[3])}`;
  return path.join('.');
}

function typedValue(info: FieldInfo, text: string): unknown {
  if (info.kind === 'boolean') return text === 'true';
  if (info.kind === 'sizes') {
    const sizes = parseDevices(text);
    return sizes.length > 1 ? sizes : sizes[0];
  }
  if (info.truth && (text === 'true' || text === 'false')) return text === 'true';
  if (info.kind === 'text' || info.kind === 'choice') return text;
  const value = Number(text);
  return text === '' ? undefined : Number.isFinite(value) ? value : text;
}

function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let inner = target;
  for (const key of keys) {
    inner[key] ??= {};
    inner = inner[key] as Record<string, unknown>;
  }
  inner[last] = value;
}

function mergeDeep(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] =
      value !== null && typeof value === 'object' && before !== null && typeof before === 'object'
        ? mergeDeep(before as Record<string, unknown>, value as Record<string, unknown>)
        : value;
  }
  return merged;
}
