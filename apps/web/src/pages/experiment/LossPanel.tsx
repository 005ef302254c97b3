import { type ExperimentSpec, variantsOf } from '@litmatter/protocol';
import { analyseLoss, type LossAnalysis, type LossAxis, lossAxes } from '@litmatter/scaling';
import { useMemo } from 'react';
import { ScalingChart } from '../../charts/ScalingChart.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { Pick } from '../../parts/Pick.tsx';
import { Powers } from '../../parts/Powers.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import { counted, significant } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import styles from './Experiment.module.css';
import { ExportBar } from './ExportBar.tsx';
import { lossText } from './exports.ts';
import { alphaOf, lossAcross, lossLegend, lossSeries, lossSummary } from './loss-series.ts';
import { Exponent, OneReading } from './OneReading.tsx';
import { useTargetUnit } from './useTargetUnit.ts';

const tabNames: Readonly<Record<LossAxis, string>> = {
  molecules: 'Data-set size',
  parameters: 'Model size',
};

/** Chart of the error against the size of the data set, or of the model: where an experiment varies one of them. */
export function LossPanel({ data, search, change }: PanelProps) {
  const all = useMemo(
    () => new Map(lossAxes.map((axis) => [axis, analyseLoss(data.runs, axis)] as const)),
    [data.runs],
  );
  const axes = axesOf(data.spec, all, data.experiment.endedAt === null);
  const axis = axes.find((one) => one === search.against) ?? axes[0];
  const unit = useTargetUnit(data);
  if (axis === undefined) return null;
  const ofAxis = all.get(axis) ?? [];
  const counts = [...new Set(ofAxis.map((one) => one.devices))].sort((a, b) => a - b);
  const devices = counts.find((count) => String(count) === search.on) ?? counts[0];
  const shown = ofAxis.filter((one) => one.devices === devices);
  const format = (loss: number) => `${significant(loss)}${unit && ` ${unit}`}`;
  return (
    <Panel
      title={`Error against ${tabNames[axis].toLowerCase()}`}
      tools={
        <>
          {counts.length > 1 && (
            <Pick
              label="Devices of the runs whose errors are drawn"
              value={String(devices)}
              choices={counts.map((count) => [String(count), `on ${counted(count, 'device')}`])}
              change={(on) => change({ on })}
            />
          )}
          {axes.length > 1 && (
            <Tabs
              label="What the error is drawn against"
              tabs={axes.map((value) => ({ value, label: tabNames[value] }))}
              value={axis}
              change={(against) => change({ against })}
              controls="loss-chart"
            />
          )}
        </>
      }
    >
      {shown.length === 0 ? (
        <p className={styles.waiting}>
          Waiting for errors at two sizes: each run’s least validation error becomes a point.
        </p>
      ) : (
        <LossChart shown={shown} axis={axis} unit={unit} format={format} title={data.experiment.name} />
      )}
    </Panel>
  );
}

interface LossChartProps {
  readonly shown: readonly LossAnalysis[];
  readonly axis: LossAxis;
  readonly unit: string;
  readonly format: (loss: number) => string;
  readonly title: string;
}

function LossChart({ shown, axis, unit, format, title }: LossChartProps) {
  const label = `Best validation MAE${unit && `, ${unit}`}`;
  const series = lossSeries(shown, format);
  return (
    <>
      <div
        className={styles.scaling}
        data-many={shown.length > 2 || undefined}
        id="loss-chart"
        role="tabpanel"
        aria-label={label}
      >
        <ScalingChart
          series={series}
          axis={label}
          scale="log"
          formatTick={(value) => significant(value)}
          across={lossAcross[axis]}
          legend={lossLegend}
          height={340}
          summary={lossSummary(shown, axis)}
        />
        <div className={styles.readings}>
          {shown.map((one, style) => (
            <LossReading
              key={one.series}
              one={one}
              style={style}
              title={shown.length > 1 ? series[style]!.label : undefined}
            />
          ))}
        </div>
      </div>
      <Warnings shown={shown} />
      <ExportBar
        title={`${title} error ${axis}`}
        textOf={(kind) => lossText(kind, { analyses: shown, title, unit })}
      />
    </>
  );
}

/** The exponent of one series, and what its laws say. */
function LossReading({
  one,
  style,
  title,
}: {
  readonly one: LossAnalysis;
  readonly style: number;
  readonly title: string | undefined;
}) {
  const alpha = alphaOf(one);
  return (
    <OneReading title={title} style={style}>
      {alpha ? (
        <Exponent symbol="α" estimate={alpha} />
      ) : (
        <p>{counted(one.curve.length, 'size')} measured. From three on, a power law is fitted.</p>
      )}
      {one.sentences.map((sentence) => (
        <p key={sentence}>
          <Powers>{sentence}</Powers>
        </p>
      ))}
    </OneReading>
  );
}

/** What to know before believing any of these, each sentence once. */
function Warnings({ shown }: { readonly shown: readonly LossAnalysis[] }) {
  const all = [...new Set(shown.flatMap((one) => one.warnings))];
  return (
    <ul className={styles.cautions} aria-label="Before you believe these errors">
      {all.map((warning) => (
        <li key={warning}>{warning}</li>
      ))}
    </ul>
  );
}

/** Axes that have shown two sizes, and while more is to come those that the spec varies. */
function axesOf(
  spec: ExperimentSpec,
  all: ReadonlyMap<LossAxis, readonly LossAnalysis[]>,
  waiting: boolean,
): LossAxis[] {
  const varied: Readonly<Record<LossAxis, boolean>> = {
    molecules: (spec.dataset.limits?.length ?? 1) > 1,
    parameters: spec.models.some((model) => variantsOf(model).length > 1),
  };
  return lossAxes.filter((axis) => (waiting && varied[axis]) || (all.get(axis)?.length ?? 0) > 0);
}
