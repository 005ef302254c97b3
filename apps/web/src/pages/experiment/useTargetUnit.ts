import type { ExperimentSpec, TargetCard } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import type { ExperimentData } from '../../state/experiment-data.ts';
import { catalogueQuery } from '../../state/queries.ts';

/** What the experiment predicts; undefined until the catalogue is there or where it does not know it. */
export function useTarget({ dataset }: ExperimentSpec): TargetCard | undefined {
  const { data } = useQuery(catalogueQuery);
  const card = data?.datasets.find((one) => one.name === dataset.name);
  const name = dataset.target ?? card?.defaultTarget;
  return card?.targets.find((one) => one.name === name);
}

/** The unit of its errors; empty where it is not known. Experiments stored by older versions do not carry it. */
export function useTargetUnit({ experiment, spec }: Pick<ExperimentData, 'experiment' | 'spec'>): string {
  const target = useTarget(spec);
  return experiment.targetUnit ?? target?.unit ?? '';
}
