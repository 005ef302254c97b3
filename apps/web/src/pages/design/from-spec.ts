import type { ExperimentSpec } from '@litmatter/protocol';
import { type FieldKey, fieldKeys, fields } from './fields.ts';
import { formatModel, formatNamed } from './models.ts';
import type { DesignSearch } from './search.ts';

/** The Design page filled with a spec that exists: what "duplicate" opens. */
export function searchOfSpec(spec: ExperimentSpec, name: string): DesignSearch {
  const texts: Partial<Record<FieldKey, string>> = {};
  for (const key of fieldKeys) {
    const value = fields[key].path
      .split('.')
      .reduce<unknown>((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], spec);
    if (value !== undefined) texts[key] = String(value);
  }
  return {
    ...texts,
    name,
    // What is compared stands among the options, as it is typed.
    model: spec.models.map(({ grid, options, ...model }) =>
      formatModel({ ...model, options: { ...options, ...grid } }),
    ),
    ...(spec.dataset.limits && { limit: spec.dataset.limits.join(', ') }),
    data: formatNamed(spec.dataset),
    devices: spec.devices.join(','),
    launcher: spec.launcher.name,
  };
}
