import { getRouteApi } from '@tanstack/react-router';
import { memo, useCallback, useDeferredValue } from 'react';
import { Trouble } from '../app/Trouble.tsx';
import { Loading, Page, Pair } from '../parts/Page.tsx';
import type { ExperimentData } from '../state/experiment-data.ts';
import { useExperiment } from '../state/live.ts';
import { AdvicePanel } from './experiment/AdvicePanel.tsx';
import { EpochsPanel } from './experiment/EpochsPanel.tsx';
import { Failures } from './experiment/Failures.tsx';
import { Header } from './experiment/Header.tsx';
import { LawPanel } from './experiment/LawPanel.tsx';
import { LossPanel } from './experiment/LossPanel.tsx';
import { RunLogSheet } from './experiment/RunLog.tsx';
import { RunRanksSheet } from './experiment/RunRanks.tsx';
import { RunTable } from './experiment/RunTable.tsx';
import { ScalingPanel } from './experiment/ScalingPanel.tsx';
import { SettingsPanel } from './experiment/SettingsPanel.tsx';
import { Stragglers } from './experiment/Stragglers.tsx';
import type { ExperimentSearch } from './experiment/search.ts';
import { useAnalyses } from './experiment/useAnalyses.ts';

const route = getRouteApi('/experiments/$id');

/** One experiment, live: how far it is, what its times say, each of its runs. */
export function Experiment() {
  const { id } = route.useParams();
  const { data, error } = useExperiment(id);
  if (data) return <Shown key={id} data={data} />;
  if (error) return <Trouble error={error} reset={() => location.reload()} />;
  return <Loading>Loading the experiment …</Loading>;
}

// Panels are drawn anew where what they are given has changed, and at no other's turn.
const Scaling = memo(ScalingPanel);
const Loss = memo(LossPanel);
const Epochs = memo(EpochsPanel);
const Law = memo(LawPanel);
const Advice = memo(AdvicePanel);
const Settings = memo(SettingsPanel);
const Runs = memo(RunTable);

/** What a panel of this page is given. To add one: a file in experiment/ that takes these, a line below. */
export interface PanelProps {
  readonly data: ExperimentData;
  readonly search: ExperimentSearch;
  readonly change: (part: Partial<ExperimentSearch>) => void;
}

function Shown({ data }: { readonly data: ExperimentData }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (part: Partial<ExperimentSearch>) =>
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false }),
    [navigate],
  );
  const planned = data.spec.training.epochs;
  const epochs = useCallback(() => planned, [planned]);
  // Charts may lag behind a burst of epochs; the header and the table do not.
  const settled = useDeferredValue(data);
  // Errors and settings come in a turn of their own: all together would hold a frame up.
  const fitted = useDeferredValue(settled);
  const analyses = useAnalyses(settled);
  const panel = { data: settled, search, change };
  const fittedPanel = { data: fitted, search, change };
  const alone = data.spec.devices.length === 1;
  return (
    <Page>
      <Header data={data} />
      <Failures data={data} change={change} />
      <Stragglers data={settled} change={change} />
      {/* An experiment on one device count is about something else than devices. */}
      {alone && <Loss {...fittedPanel} />}
      <Scaling {...fittedPanel} analyses={analyses} />
      <Pair>
        <Epochs {...panel} />
        <Law analyses={analyses} />
      </Pair>
      <Advice
        analyses={analyses}
        epochs={epochs}
        search={search}
        change={change}
        spec={data.spec}
        going={data.experiment.endedAt === null}
      />
      {!alone && <Loss {...fittedPanel} />}
      <Settings data={fitted} />
      <Runs {...panel} />
      <RunLogSheet data={data} search={search} change={change} />
      <RunRanksSheet data={settled} search={search} change={change} />
    </Page>
  );
}
