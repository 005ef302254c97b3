import { type ExperimentSpec, experimentSpec } from '@litmatter/protocol';
import { stringify } from 'yaml';

/** The spec as a person would write it: what equals its default is left out. */
export function asWritten(spec: ExperimentSpec): Record<string, unknown> {
  const bare = experimentSpec.parse({
    name: spec.name,
    models: spec.models.map(({ name }) => ({ name })),
    dataset: { name: spec.dataset.name },
    devices: spec.devices,
  });
  const written = different(spec, bare) as Record<string, unknown>;
  return {
    name: spec.name,
    models: spec.models.map((model, index) => ({
      name: model.name,
      preset: model.preset,
      ...(different(model, bare.models[index]) as object | undefined),
    })),
    dataset: { name: spec.dataset.name, ...datasetAsWritten(written?.dataset) },
    training: {
      epochs: spec.training.epochs,
      batchPerDevice: spec.training.batchPerDevice,
      ...(written?.training as object | undefined),
    },
    devices: spec.devices,
    ...(spec.repeats > 1 && { repeats: spec.repeats }),
    launcher: spec.launcher,
    ...(spec.backend !== 'auto' && { backend: spec.backend }),
  };
}

/** A YAML document that `litmatter run` and `litmatter submit` read. */
export function asYaml(spec: ExperimentSpec): string {
  return stringify(asWritten(spec), { lineWidth: 100, flowCollectionPadding: true });
}

/** One piece of shell that writes the spec to a file and runs it on the machine it is pasted into. */
export function asCommand(spec: ExperimentSpec): string {
  const slug = spec.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const file = `${slug || 'experiment'}.yaml`;
  return `cat > ${file} <<'LITMATTER_SPEC'\n${asYaml(spec)}LITMATTER_SPEC\nnpx litmatter run ${file}\n`;
}

/** What of `value` is not as in `base`; undefined where nothing differs. Lists count as a whole. */
function different(value: unknown, base: unknown): unknown {
  if (isRecord(value) && isRecord(base)) {
    const entries = Object.entries(value)
      .map(([key, inner]) => [key, different(inner, base[key])] as const)
      .filter(([, inner]) => inner !== undefined);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }
  return JSON.stringify(value) === JSON.stringify(base) ? undefined : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Several sizes stand in the place of the limit, which is the largest of them. */
function datasetAsWritten(different: unknown): Record<string, unknown> {
  const { limits, ...dataset } = (different ?? {}) as Record<string, unknown>;
  return limits === undefined ? dataset : { ...dataset, limit: limits };
}
