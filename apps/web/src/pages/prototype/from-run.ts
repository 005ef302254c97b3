import type { RunSpec } from '@litmatter/protocol';
import { searchOfSpec } from '../design/from-spec.ts';
import type { PrototypeSearch } from './search.ts';

/** The Prototype page filled with a run of the cluster: its model, its molecules, its training, and its weights loaded. */
export function prototypeOfRun(run: string, spec: RunSpec): PrototypeSearch {
  const { model, dataset, training } = spec;
  const design = searchOfSpec(
    {
      name: run,
      models: [model],
      dataset,
      training,
      devices: [1],
      repeats: 1,
      launcher: { name: 'local' },
      backend: 'auto',
    },
    run,
  );
  // What is only of a cluster, and what a browser has its own of.
  const { name: _name, devices: _devices, launcher: _launcher, repeats: _repeats, ...kept } = design;
  return { ...kept, backend: undefined, limit: kept.limit ?? '', weights: run };
}
