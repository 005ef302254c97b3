import { seriesName } from '@litmatter/scaling';
import { useMemo } from 'react';
import { EpochChart, type EpochLine } from '../../charts/EpochChart.tsx';
import { rampColour } from '../../charts/ramp.ts';
import { seriesColour } from '../../charts/series.ts';
import { distinctNames, endNames } from '../../charts/series-names.ts';
import { Panel } from '../../parts/Panel.tsx';
import { Tabs } from '../../parts/Tabs.tsx';
import type { ExperimentData, PageEpoch, RunData } from '../../state/experiment-data.ts';
import { counted, seconds, significant } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import styles from './Experiment.module.css';
import { useTargetUnit } from './useTargetUnit.ts';

type Shown = 'seconds' | 'loss' | 'mae';

const tabs = [
  { value: 'seconds', label: 'Time' },
  { value: 'loss', label: 'Training loss' },
  { value: 'mae', label: 'Validation MAE' },
] as const;

const values: Record<Shown, (epoch: PageEpoch) => number | null> = {
  seconds: (epoch) => epoch.seconds,
  loss: (epoch) => epoch.trainLoss,
  mae: (epoch) => epoch.validationMae,
};

/** Chart 2: each run's epochs as they come. */
export function EpochsPanel({ data, search, change }: PanelProps) {
  const shown = search.epochs ?? 'seconds';
  const lines = useMemo(() => linesOf(data, shown), [data, shown]);
  const unit = useTargetUnit(data);
  const normalised = data.spec.training.normaliseTarget;
  const axis = {
    seconds: 'Seconds per epoch, each run',
    loss: `Training loss, ${data.spec.training.loss === 'mse' ? 'mean squared error' : 'mean absolute error'}${normalised ? ', target normalised' : ''}`,
    mae: `Validation MAE${unit && `, ${unit}`}`,
  }[shown];
  const format = (value: number) =>
    shown === 'seconds'
      ? seconds(value)
      : `${significant(value)}${shown === 'mae' && unit ? ` ${unit}` : ''}`;
  return (
    <Panel
      title="By epoch"
      tools={
        <Tabs
          label="Quantity by epoch"
          tabs={tabs}
          value={shown}
          change={(next) => change({ epochs: next === 'seconds' ? undefined : next })}
          controls="epoch-chart"
        />
      }
    >
      <div id="epoch-chart" role="tabpanel" aria-label={axis}>
        {lines.length > 0 ? (
          <EpochChart
            lines={lines}
            epochs={data.spec.training.epochs}
            axis={axis}
            scale={shown === 'seconds' ? 'linear' : 'log'}
            format={format}
            formatTick={(value) => significant(value)}
            height={300}
            summary={`${axis}, ${counted(lines.length, 'run')}. The run table holds the numbers.`}
          />
        ) : (
          <p className={styles.waiting}>Nothing to draw yet: it appears as epochs end.</p>
        )}
      </div>
    </Panel>
  );
}

const linePoints = new WeakMap<RunData, Map<Shown, EpochLine['points']>>();

/** A run's values by epoch; the same list for as long as nothing of the run changes, so that its line is not drawn anew. */
function pointsOf(run: RunData, shown: Shown): EpochLine['points'] {
  let held = linePoints.get(run);
  if (!held) {
    held = new Map();
    linePoints.set(run, held);
  }
  let points = held.get(shown);
  if (!points) {
    points = run.epochs.flatMap((epoch) => {
      const y = values[shown](epoch);
      return y === null || !(y > 0) ? [] : [{ x: epoch.epoch, y }];
    });
    held.set(shown, points);
  }
  return points;
}

function linesOf(data: ExperimentData, shown: Shown): EpochLine[] {
  const series = [...new Set(data.runs.map((run) => seriesName(run.view.spec)))];
  const names = distinctNames(series);
  const ends = endNames(names, 20);
  const shortest = endNames(names, 8);
  const counts = data.spec.devices;
  return data.runs.flatMap((run) => {
    const points = pointsOf(run, shown);
    if (points.length === 0) return [];
    const { devices, repeat } = run.view.spec;
    const name = seriesName(run.view.spec);
    const words = counted(devices, 'device');
    return [
      {
        key: run.view.id,
        label: `${series.length > 1 ? `${names[series.indexOf(name)]}, ` : ''}${words}${data.spec.repeats > 1 ? `, repeat ${repeat + 1}` : ''}`,
        group: series.length > 1 ? ends[series.indexOf(name)]! : words,
        short: series.length > 1 ? shortest[series.indexOf(name)]! : String(devices),
        colour: series.length > 1 ? seriesColour(series.indexOf(name)) : rampColour(devices, counts),
        points,
      },
    ];
  });
}
