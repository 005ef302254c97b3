import { paper } from '@litmatter/scaling';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { quantityNamed } from '../charts/quantities.ts';
import { Fact, Facts } from '../parts/Facts.tsx';
import { Page, PageHeader, Pair } from '../parts/Page.tsx';
import { Panel } from '../parts/Panel.tsx';
import { integer, significant } from '../words/format.ts';
import styles from './demo/Demo.module.css';
import { ReadingTable } from './demo/ReadingTable.tsx';
import { AdvicePanel } from './experiment/AdvicePanel.tsx';
import experimentStyles from './experiment/Experiment.module.css';
import { LawPanel } from './experiment/LawPanel.tsx';
import { namedPaper, paperSeries } from './experiment/named.ts';
import { QuantityTabs } from './experiment/QuantityTabs.tsx';
import { ScalingView } from './experiment/ScalingView.tsx';
import type { ExperimentSearch } from './experiment/search.ts';

const route = getRouteApi('/demo');

/** The paper's four models on 2 to 416 GPUs, as an experiment to read: no run is behind it, and it says so. */
export function Demo() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (part: Partial<ExperimentSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const series = useMemo(() => paperSeries(paper.models.map((model) => model.name)), []);
  const named = useMemo(
    () => namedPaper(series, 0).map((one) => ({ ...one, label: one.label.replace(', paper', '') })),
    [series],
  );
  const analyses = series.map((one) => one.analysis);
  const names = named.map((one) => one.label);
  const quantity = quantityNamed(search.show ?? 'time');
  const modelOf = (name: string) => series.find((one) => one.analysis.series === name)?.reconstruction.model;
  return (
    <Page>
      <PageHeader
        title="The paper: four models on 2 to 416 GPUs"
        beside={<span className={styles.label}>Reconstructed from the paper’s endpoints</span>}
        actions={
          <Button component={Link} to="/design" leftSection={<IconPlus size={15} />}>
            Design your own
          </Button>
        }
      >
        <p className={styles.what}>
          Nothing on this page was run here. The paper prints each model’s time on the fewest and the most
          GPUs and draws the rest in a figure; the points between are those two times joined by a fixed cost
          per epoch and a cost per step. A power law fitted to them comes within 0.05 of every exponent of its
          Table&nbsp;1.
        </p>
        <Facts>
          <Fact label="Device" value={paper.device} />
          <Fact label="Batch per device" value={integer(paper.batchPerDevice)} />
          <Fact label="Device counts" value={`${paper.counts[0]} to ${paper.counts.at(-1)}`} />
          <Fact label="Source" value="Frey et al. 2021" note={paper.citation} />
        </Facts>
      </PageHeader>
      <Panel title="Scaling" tools={<QuantityTabs value={quantity.name} change={change} reconstructed />}>
        <ScalingView
          named={named}
          quantity={quantity}
          counts={paper.counts}
          title="The paper, reconstructed from its endpoints"
          parametersOf={({ analysis }) => modelOf(analysis.series)?.parameters ?? null}
        />
      </Panel>
      <Pair>
        <LawPanel analyses={analyses} names={names} />
        <ReadingTable series={series} />
      </Pair>
      <AdvicePanel
        analyses={analyses}
        names={names}
        epochs={(name) => modelOf(name)?.epochs ?? 1}
        search={search}
        change={change}
      />
      <p className={experimentStyles.quiet}>
        The paper gives its largest speedup twice:{' '}
        {paper.claims.map((one) => `${significant(one.speedup)}× (${one.where})`).join(', ')}.
      </p>
    </Page>
  );
}
