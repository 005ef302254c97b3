import { type Catalogue, sizesOf, variantsOf } from '@litmatter/protocol';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Job } from '../../prototype/messages.ts';
import { prototype } from '../../prototype/start.ts';
import type { View } from '../../prototype/view.ts';
import { addressOf, fetchFile } from '../../state/api.ts';
import { withHub } from '../../state/base.ts';
import { catalogueQuery } from '../../state/queries.ts';
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
  const hub = useQuery({ ...catalogueQuery, enabled: withHub() }).data;
  const change = useCallback(
    (part: PrototypeSearch) =>
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false }),
    [navigate],
  );

  const { cards, dropped } = view;
  const catalogue = useMemo(() => catalogueOf(cards, dropped, hub), [cards, dropped, hub]);
  const draft = useMemo(() => {
    if (!catalogue) return undefined;
    const read = readDraft({ limit: usualLimit, ...search }, catalogue);
    return { ...read, defaults: { ...read.defaults, limit: usualLimit } };
  }, [search, catalogue]);
  const checked = useMemo(() => {
    if (!draft || !catalogue) return undefined;
    return checkDraft({ ...draft, models: draft.models.slice(0, 1) }, catalogue);
  }, [draft, catalogue]);
  const job = useMemo(() => jobOf(checked?.spec), [checked]);
  const data = catalogue?.datasets.find(({ name }) => name === job?.dataset.name);
  const targetTitle = data?.targets.find(({ name }) => name === job?.dataset.target)?.title ?? '';

  const key = job && JSON.stringify(job);
  useEffect(() => prototype.describe(), []);
  useEffect(
    () => prototype.setBeside({ moleculesAt: withHub() ? addressOf('datasetMolecules') : null, targetTitle }),
    [targetTitle],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the job's content decides, not its identity
  useEffect(() => prototype.follow(job), [key]);
  const choice = job && JSON.stringify([job.dataset, dropped?.title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the choice's content decides, not its identity
  useEffect(() => {
    if (job && !prototype.view.get().ready) prototype.preview(job.dataset);
  }, [choice]);
  useWeightsOfRun(search.weights, job, targetTitle);
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
  const lost = search.data === 'dropped' && !view.dropped;
  const refused = view.trouble?.fields;
  // The same object while nothing of it changes: the form is not drawn anew at every step of the training.
  const design = useMemo((): Designing | undefined => {
    if (!catalogue || !draft || !checked) return undefined;
    const again = lost && { 'dataset.name': 'open the files again: an address cannot hold them' };
    return {
      catalogue,
      draft,
      errors: { ...refused, ...checked.errors, ...again },
      spec: checked.spec,
      plan: undefined,
      planning: false,
      planError: null,
      change,
    };
  }, [catalogue, draft, checked, refused, lost, change]);
  return { view, search, design, job, change };
}

/** Load the weights of the run that the address names, once: they are the hub's. */
function useWeightsOfRun(run: string | undefined, job: Job | undefined, targetTitle: string): void {
  const opened = useRef<string>(undefined);
  useEffect(() => {
    // The data set's card comes after the page: without it the job may still become another.
    if (!run || !job || !targetTitle || opened.current === run) return;
    opened.current = run;
    void prototype.open(job, `run ${run}`, fetchFile('runWeights', { params: { id: run } }));
  }, [run, job, targetTitle]);
}

/** What a spec trains first: its first model's first variant, on all of its molecules. */
function jobOf(spec: Designing['spec']): Job | undefined {
  const model = spec?.models[0] && variantsOf(spec.models[0])[0];
  const dataset = spec && sizesOf(spec.dataset).at(-1);
  if (!spec || !model || !dataset) return undefined;
  return { model, dataset, training: spec.training, backend: spec.backend };
}

/** What can be chosen here: the packages' own models and data sets, and the data sets that a hub has. */
function catalogueOf(
  cards: View['cards'],
  dropped: View['dropped'],
  hub: Catalogue | undefined,
): Catalogue | undefined {
  if (!cards) return undefined;
  const here = new Set(cards.datasets.map(({ name }) => name));
  const there = (hub?.datasets ?? []).filter(({ name, available }) => available && !here.has(name));
  return {
    version: '',
    models: [...cards.models],
    datasets: [...cards.datasets, ...there, ...(dropped ? [dropped] : [])],
    backends: [],
    launchers: [],
    host: { name: 'this browser', cores: 1, memoryBytes: 0, platform: 'browser' },
  };
}
