import type { Catalogue } from '@litmatter/protocol';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import type { Job } from '../../prototype/messages.ts';
import { prototype } from '../../prototype/start.ts';
import type { View } from '../../prototype/view.ts';
import { useStore } from '../../state/store.ts';
import { checkDraft, readDraft } from '../design/draft.ts';
import type { Designing } from '../design/useDesign.ts';
import { type PrototypeSearch, usualLimit } from './search.ts';

const route = getRouteApi('/prototype');

export interface Prototyping {
  readonly view: View;
  readonly search: PrototypeSearch;
  /** What the form edits, as on the Design page; undefined until the worker has said what there is. */
  readonly design: Designing | undefined;
  /** What would be trained; undefined while something in the form is wrong. */
  readonly job: Job | undefined;
  change(part: PrototypeSearch): void;
}

export function usePrototype(): Prototyping {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = useStore(prototype.view);
  const change = (part: PrototypeSearch) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });

  const { cards, dropped } = view;
  const catalogue = useMemo(() => catalogueOf(cards, dropped), [cards, dropped]);
  const draft = useMemo(() => {
    if (!catalogue) return undefined;
    const read = readDraft({ limit: usualLimit, ...search }, catalogue);
    return { ...read, defaults: { ...read.defaults, limit: usualLimit } };
  }, [search, catalogue]);
  const checked = useMemo(() => {
    if (!draft || !catalogue) return undefined;
    return checkDraft({ ...draft, models: draft.models.slice(0, 1) }, catalogue);
  }, [draft, catalogue]);
  const spec = checked?.spec;
  const [model] = spec?.models ?? [];
  const job: Job | undefined =
    spec && model
      ? { model, dataset: spec.dataset, training: spec.training, backend: spec.backend }
      : undefined;

  const key = job && JSON.stringify(job);
  useEffect(() => prototype.describe(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the job's content decides, not its identity
  useEffect(() => prototype.follow(job), [key]);
  useEffect(() => prototype.setSpeed(search.speed ?? 'full'), [search.speed]);
  const known = view.ready !== undefined;
  useEffect(() => {
    if (known) prototype.look(search.by ?? 'place', search.molecule ?? 0);
  }, [known, search.by, search.molecule]);
  useEffect(() => {
    const follow = () => prototype.setHidden(document.hidden);
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      prototype.pause();
    };
  }, []);

  // Files are not in an address: one that names them wants them again.
  const lost =
    search.data === 'dropped' && !view.dropped
      ? { 'dataset.name': 'open the files again: an address cannot hold them' }
      : {};
  const design: Designing | undefined =
    catalogue && draft && checked
      ? {
          catalogue,
          draft,
          errors: { ...view.trouble?.fields, ...checked.errors, ...lost },
          spec,
          plan: undefined,
          planning: false,
          planError: null,
          change,
        }
      : undefined;
  return { view, search, design, job, change };
}

/** What can be chosen here: the packages' own models and data sets. The rest of a hub's catalogue stays empty. */
function catalogueOf(cards: View['cards'], dropped: View['dropped']): Catalogue | undefined {
  if (!cards) return undefined;
  return {
    version: '',
    models: [...cards.models],
    datasets: [...cards.datasets, ...(dropped ? [dropped] : [])],
    backends: [],
    launchers: [],
    host: { name: 'this browser', cores: 1, memoryBytes: 0, platform: 'browser' },
  };
}
