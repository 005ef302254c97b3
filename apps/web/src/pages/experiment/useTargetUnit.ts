import type { ExperimentSpec, TargetCard } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../../state/queries.ts';

/** What the experiment predicts, with its unit; undefined until the catalogue is there or where it does not know it. */
export function useTargetUnit({ dataset }: ExperimentSpec): TargetCard | undefined {
  const { data } = useQuery(catalogueQuery);
  const card = data?.datasets.find((one) => one.name === dataset.name);
  const name = dataset.target ?? card?.defaultTarget;
  return card?.targets.find((one) => one.name === name);
}
