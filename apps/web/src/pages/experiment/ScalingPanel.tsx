import type { Analysis } from '@litmatter/scaling';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { quantityNamed } from '../../charts/quantities.ts';
import { Panel } from '../../parts/Panel.tsx';
import { comparedQuery } from '../../state/queries.ts';
import { counted } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import { idsOf } from '../experiments/search.ts';
import { analysesOf } from './analysis.ts';
import { Compare } from './Compare.tsx';
import styles from './Experiment.module.css';
import { nameAll, namedPaper, paperSeries } from './named.ts';
import { PaperPick } from './PaperPick.tsx';
import { QuantityTabs } from './QuantityTabs.tsx';
import { ScalingView } from './ScalingView.tsx';
import { parametersIn } from './table-entries.ts';

const paperCaption =
  'The paper’s curves are reconstructed from its endpoints: it prints the times at both ends and draws the rest.';

/** Chart 1: a quantity of the epochs against the number of devices, with what it says in words beside it. */
export function ScalingPanel({
  data,
  search,
  change,
  analyses,
}: PanelProps & { readonly analyses: readonly Analysis[] }) {
  const compared = useQueries({ queries: idsOf(search.with).map(comparedQuery) });
  const others = compared.flatMap((one) => one.data ?? []);
  const laid = useMemo(() => paperSeries(idsOf(search.paper)), [search.paper]);
  const named = useMemo(() => {
    const groups = [
      { name: data.experiment.name, id: data.experiment.id, analyses },
      ...others.map((one) => ({
        name: one.experiment.name,
        id: one.experiment.id,
        analyses: analysesOf(one),
      })),
    ];
    const measured = nameAll(groups);
    return [...measured, ...namedPaper(laid, measured.length)];
  }, [data.experiment.name, data.experiment.id, analyses, others, laid]);
  const quantity = quantityNamed(search.show ?? 'time');
  const parametersOf = useMemo(() => parametersIn([data, ...others]), [data, others]);
  const failed = compared.find((one) => one.error)?.error;
  return (
    <Panel
      title="Scaling"
      tools={
        <>
          <PaperPick search={search} change={change} />
          <Compare data={data} search={search} change={change} />
          <QuantityTabs value={quantity.name} change={change} />
        </>
      }
    >
      {failed && (
        <p role="alert" className={styles.bad}>
          An experiment to compare with could not be loaded. {failed.message}
        </p>
      )}
      {laid.length > 0 && <p className={styles.quiet}>{paperCaption}</p>}
      {named.length > 0 ? (
        <ScalingView
          named={named}
          quantity={quantity}
          counts={data.spec.devices}
          title={data.experiment.name}
          parametersOf={parametersOf}
        />
      ) : (
        <div className={styles.waiting}>
          <p>
            {data.experiment.state === 'queued'
              ? 'Queued. The first point appears with the first epoch.'
              : data.experiment.endedAt === null
                ? `Waiting for the first epoch of ${counted(data.experiment.runs, 'run')}.`
                : 'No epoch was measured.'}
          </p>
        </div>
      )}
    </Panel>
  );
}
