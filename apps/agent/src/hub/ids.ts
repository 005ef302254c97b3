import { randomInt } from 'node:crypto';
import type { RunSpec } from '@litmatter/protocol';

/**
 * What a run's seconds per epoch depend on, its device count apart: runs with the same key can be compared. Seeds,
 * targets, learning rates and the number of epochs are not in it.
 */
export function seriesKey({ model, dataset, training, launcher, backend }: RunSpec): string {
  const { name, limit = null, used, split, options } = dataset;
  return JSON.stringify([
    [model.name, model.preset, model.options],
    [name, limit, split.named ?? split.train, options, ...(used === undefined ? [] : [used])],
    training.batchPerDevice,
    launcher.name,
    backend,
  ]);
}

/** An id that says what the experiment is called: "schnet-on-the-bundled-4k2p9x". */
export function newExperimentId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replace(/^-+|-+$/g, '');
  const letters = Array.from({ length: 6 }, () => randomInt(36).toString(36)).join('');
  return `${slug || 'experiment'}-${letters}`;
}
