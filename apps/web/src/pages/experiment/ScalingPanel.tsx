import type { Analysis } from '@litmatter/scaling';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { quantities, quantityNamed } from '../../charts/quantities.ts';
import { ScalingChart } from '../../charts/ScalingChart.tsx';
import { scalingSeries } from '../../charts/scaling-series.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { comparedQuery } from '../../state/queries.ts';
import { counted } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import { idsOf } from '../experiments/search.ts';
import { analysesOf } from './analysis.ts';
import { Compare } from './Compare.tsx';
import styles from './Experiment.module.css';
import { Reading } from './Reading.tsx';

const tabs = quantities.map(({ name, tab }) => ({ value: name, label: tab }));

/** A named, styled series of this experiment or of one laid over it. */
export interface NamedAnalysis {
  readonly key: string;
  readonly label: string;
  readonly style: number;
  readonly analysis: Analysis;
}

/** Chart 1: a quantity of the epochs against the number of devices, with what it says in words beside it. */
export function ScalingPanel({
  data,
  search,
  change,
  analyses,
}: PanelProps & { readonly analyses: readonly Analysis[] }) {
  const compared = useQueries({ queries: idsOf(search.with).map(comparedQuery) });
  const others = compared.flatMap((one) => one.data ?? []);
  const named = useMemo(() => {
    const groups = [
      { name: data.experiment.name, id: data.experiment.id, analyses },
      ...others.map((one) => ({
        name: one.experiment.name,
        id: one.experiment.id,
        analyses: analysesOf(one),
      })),
    ];
    return nameAll(groups);
  }, [data.experiment.name, data.experiment.id, analyses, others]);
  const quantity = quantityNamed(search.show ?? 'time');
  const series = useMemo(
    () =>
      named.map(({ analysis, ...look }) =>
        scalingSeries(analysis, quantity, { ...look, among: named.length }),
      ),
    [named, quantity],
  );
  const failed = compared.find((one) => one.error)?.error;
  return (
    <Panel
      title="Scaling"
      tools={
        <>
          <Compare data={data} search={search} change={change} />
          <Tabs
            label="Quantity"
            tabs={tabs}
            value={quantity.name}
            change={(show) => change({ show: show === 'time' ? undefined : show })}
            controls="scaling-chart"
          />
        </>
      }
    >
      {failed && (
        <p role="alert" className={styles.bad}>
          An experiment to compare with could not be loaded. {failed.message}
        </p>
      )}
      <div
        className={styles.scaling}
        data-many={named.length > 2 || undefined}
        id="scaling-chart"
        role="tabpanel"
        aria-label={quantity.axis}
      >
        {named.length > 0 ? (
          <ScalingChart
            series={series}
            axis={quantity.axis}
            scale={quantity.scale}
            formatTick={quantity.formatTick}
            height={380}
            counts={data.spec.devices}
            summary={`${quantity.axis} against devices: ${series
              .map(
                (one) =>
                  `${one.label}, ${one.points.map((p) => `${p.x}: ${quantity.format(p.y)}`).join(', ')}`,
              )
              .join('; ')}.`}
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
        <Reading named={named} />
      </div>
    </Panel>
  );
}

function nameAll(
  groups: readonly { name: string; id: string; analyses: readonly Analysis[] }[],
): NamedAnalysis[] {
  const several = groups.length > 1;
  return groups
    .flatMap(({ name, id, analyses }) =>
      analyses.map((analysis) => ({
        key: `${id} ${analysis.series} ${analysis.context.samples}`,
        label: !several
          ? analysis.series
          : analyses.length > 1
            ? `${short(name, 14)}, ${analysis.series}`
            : short(name, 26),
        analysis,
      })),
    )
    .map((one, style) => ({ ...one, style }));
}

function short(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}
