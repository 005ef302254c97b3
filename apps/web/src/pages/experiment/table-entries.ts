import { seriesName } from '@litmatter/scaling';
import type { ExperimentData } from '../../state/experiment-data.ts';
import type { NamedAnalysis } from './named.ts';

/** Trainable numbers of the model behind a series, from any run of it that has started. */
export function parametersIn(experiments: readonly ExperimentData[]): (one: NamedAnalysis) => number | null {
  const known = new Map(
    experiments.flatMap((one) =>
      one.runs.flatMap(({ view }) =>
        view.started ? [[seriesName(view.spec), view.started.parameters] as const] : [],
      ),
    ),
  );
  return ({ analysis }) => known.get(analysis.series) ?? null;
}
