import type { ExperimentSummary } from '@litmatter/protocol';
import type { ExperimentsSearch, SortKey } from './search.ts';

const keys: Record<SortKey, (one: ExperimentSummary) => number | string> = {
  created: (one) => one.createdAt,
  name: (one) => one.name.toLowerCase(),
  state: (one) => stateOrder.indexOf(one.state),
  runs: (one) => one.runs,
  progress: (one) => (one.epochs > 0 ? one.epochsDone / one.epochs : 0),
  mae: (one) => one.bestValidationMae ?? Number.POSITIVE_INFINITY,
};
const stateOrder: ExperimentSummary['state'][] = ['running', 'queued', 'failed', 'cancelled', 'succeeded'];

/** The way a column sorts when it is first chosen: newest, best and running first. */
export const firstOrder: Record<SortKey, 'up' | 'down'> = {
  created: 'down',
  name: 'up',
  state: 'up',
  runs: 'down',
  progress: 'down',
  mae: 'up',
};

/** The experiments that the address asks for, in its order. Words of the search must all stand somewhere in a row. */
export function chosen(all: readonly ExperimentSummary[], search: ExperimentsSearch): ExperimentSummary[] {
  const wanted = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(
    (one) =>
      (search.archived === 'shown' || !one.archived) &&
      (!search.state || one.state === search.state) &&
      (!search.model || one.models.includes(search.model)) &&
      (!search.data || one.dataset === search.data) &&
      wanted.every((word) => textOf(one).includes(word)),
  );
  const sort = search.sort ?? 'created';
  const sign = (search.order ?? firstOrder[sort]) === 'up' ? 1 : -1;
  const key = keys[sort];
  return found.sort((a, b) => sign * compare(key(a), key(b)) || b.createdAt - a.createdAt);
}

function textOf(one: ExperimentSummary): string {
  return `${one.name} ${one.id} ${one.models.join(' ')} ${one.dataset}`.toLowerCase();
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
