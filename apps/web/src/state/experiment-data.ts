import {
  type ExperimentSpec,
  type ExperimentSummary,
  epochView,
  experimentSnapshot,
  experimentUpdate,
  type RunView,
} from '@litmatter/protocol';
import { z } from 'zod';
import { ask, decodeAnswer } from './api.ts';

const parts = ['data', 'compute', 'communication', 'optimiser'] as const;
/** Mean seconds of the ranks in one epoch, by what they went to. */
export type TimeParts = Readonly<Record<(typeof parts)[number], number>>;

/**
 * An epoch record as the page keeps it: the ranks' list, which grows with the device count, is folded into its mean
 * as it is decoded.
 */
export const pageEpoch = epochView.transform(({ ranks, ...epoch }) => ({
  ...epoch,
  parts: meanParts(ranks),
}));
export type PageEpoch = z.output<typeof pageEpoch>;

const epochs = z.array(pageEpoch);
export const pageSnapshot = experimentSnapshot.extend({ epochs });
export const pageUpdate = experimentUpdate.extend({ epochs });
export type PageUpdate = z.output<typeof pageUpdate>;

/** One run with its epochs, oldest first. A new object whenever anything of it changed, so that views may memoise by it. */
export interface RunData {
  readonly view: RunView;
  readonly epochs: readonly PageEpoch[];
}

export interface ExperimentData {
  readonly experiment: ExperimentSummary;
  readonly spec: ExperimentSpec;
  /** By index. */
  readonly runs: readonly RunData[];
  readonly cursor: number;
}

export function fromSnapshot(snapshot: z.output<typeof pageSnapshot>): ExperimentData {
  return merge({ experiment: snapshot.experiment, spec: snapshot.spec, runs: [], cursor: 0 }, snapshot);
}

/**
 * What the page knows after an update: runs replace the earlier ones of the same id, epochs are added. An epoch of a
 * later attempt takes the place of what earlier attempts recorded from that epoch on; a record that is already there
 * changes nothing.
 */
export function merge(data: ExperimentData, update: PageUpdate): ExperimentData {
  const runs = new Map(data.runs.map((run) => [run.view.id, run]));
  for (const view of update.runs) runs.set(view.id, { view, epochs: runs.get(view.id)?.epochs ?? [] });
  for (const [id, added] of Map.groupBy(update.epochs, (epoch) => epoch.run)) {
    const run = runs.get(id);
    if (run) runs.set(id, { view: run.view, epochs: withEpochs(run.epochs, added) });
  }
  return {
    ...data,
    experiment: update.experiment,
    runs: [...runs.values()].sort((a, b) => a.view.index - b.view.index),
    cursor: update.cursor,
  };
}

function withEpochs(held: readonly PageEpoch[], added: readonly PageEpoch[]): PageEpoch[] {
  const kept = [...held];
  for (const epoch of added) {
    let last = kept.at(-1);
    if (
      last &&
      (epoch.attempt < last.attempt || (epoch.attempt === last.attempt && epoch.epoch <= last.epoch))
    )
      continue;
    while (last && last.epoch >= epoch.epoch) {
      kept.pop();
      last = kept.at(-1);
    }
    kept.push(epoch);
  }
  return kept;
}

function meanParts(ranks: z.output<typeof epochView>['ranks']): TimeParts | null {
  if (ranks.length === 0) return null;
  const mean = (part: (typeof parts)[number]) =>
    ranks.reduce((sum, rank) => sum + rank[part], 0) / ranks.length;
  return {
    data: mean('data'),
    compute: mean('compute'),
    communication: mean('communication'),
    optimiser: mean('optimiser'),
  };
}

/** One experiment as it is now, over HTTP. */
export async function fetchExperiment(id: string, signal?: AbortSignal): Promise<ExperimentData> {
  const value = await ask('experiment', { params: { id }, ...(signal && { signal }) });
  return fromSnapshot(decodeAnswer(pageSnapshot, value, 'the experiment'));
}
