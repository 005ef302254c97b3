import type { Catalogue, ExperimentSpec, Plan } from '@litmatter/protocol';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Refused } from '../../state/api.ts';
import { planQuery } from '../../state/queries.ts';
import { checkDraft, type Draft, readDraft } from './draft.ts';
import type { DesignSearch } from './search.ts';

const route = getRouteApi('/design');

/** The experiment being designed: what is typed, what is wrong with it, what it comes to. */
export interface Designing {
  readonly catalogue: Catalogue;
  readonly draft: Draft;
  /** Place in the spec -> sentence: the page's own findings, then the hub's. */
  readonly errors: Readonly<Record<string, string>>;
  readonly spec: ExperimentSpec | undefined;
  readonly plan: Plan | undefined;
  /** The plan is of an earlier state of the form, or being made. */
  readonly planning: boolean;
  /** Why the hub has no plan, where that is not a field's fault. */
  readonly planError: Error | null;
  change(part: DesignSearch): void;
}

export function useDesign(catalogue: Catalogue): Designing {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const draft = useMemo(() => readDraft(search, catalogue), [search, catalogue]);
  const checked = useMemo(() => checkDraft(draft, catalogue), [draft, catalogue]);

  const [asked] = useDebouncedValue(checked.spec, 350);
  const answer = useQuery({
    ...planQuery(asked as ExperimentSpec),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
  const refused = answer.error instanceof Refused ? answer.error : undefined;
  const current = asked === checked.spec;
  return {
    catalogue,
    draft,
    errors: { ...(current ? refused?.fields : {}), ...checked.errors },
    spec: checked.spec,
    plan: checked.spec && !answer.error ? answer.data : undefined,
    planning: checked.spec !== undefined && (!current || answer.isFetching),
    planError:
      current && answer.error && Object.keys(refused?.fields ?? {}).length === 0 ? answer.error : null,
    change: (part) =>
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false }),
  };
}
