import { variantsOf } from '@litmatter/protocol';
import { type TrainingSpeed, trainingSpeed } from '@litmatter/scaling';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { type RunRow, rowOf } from './run-row.ts';

/** A run among those that are ranked by how fast they learn. */
export interface RankedRun {
  readonly row: RunRow;
  readonly speed: TrainingSpeed;
}

/**
 * The runs of an experiment with several settings, the fastest learner first, after as many epochs as every run that
 * has begun has done. Of several data-set sizes the largest alone: on fewer molecules an epoch has fewer steps. Empty where there is one setting only, or nothing to rank yet.
 */
export function rankedSettings({ spec, runs }: ExperimentData): RankedRun[] {
  if (new Set(spec.models.flatMap(variantsOf).map((model) => JSON.stringify(model))).size < 2) return [];
  const largest = spec.dataset.limits?.at(-1);
  const begun = runs.filter(({ epochs, view }) => epochs.length > 0 && view.spec.dataset.used === largest);
  if (begun.length < 2) return [];
  const epochs = Math.min(...begun.map((run) => run.epochs.length));
  return begun
    .flatMap((run) => {
      const speed = trainingSpeed(
        run.epochs.map((epoch) => epoch.trainLoss ?? Number.NaN),
        epochs,
      );
      return speed ? [{ row: rowOf(run), speed }] : [];
    })
    .sort((a, b) => a.speed.faded - b.speed.faded);
}
