import type { ExperimentSummary } from '@litmatter/protocol';
import { call } from '../../state/api.ts';
import { experimentsQuery, queryClient } from '../../state/queries.ts';

/** Archive experiments or bring them back; the list shows it as soon as the hub has said so. */
export async function archive(ids: readonly string[], archived: boolean): Promise<void> {
  const changed = await Promise.all(
    ids.map((id) => call('changeExperiment', { params: { id }, body: { archived } })),
  );
  const byId = new Map(changed.map((one) => [one.id, one]));
  queryClient.setQueryData(experimentsQuery.queryKey, (held: ExperimentSummary[] | undefined) =>
    held?.map((one) => byId.get(one.id) ?? one),
  );
}
