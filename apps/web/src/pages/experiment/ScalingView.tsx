import { useMemo } from 'react';
import type { Quantity } from '../../charts/quantities.ts';
import { ScalingChart } from '../../charts/ScalingChart.tsx';
import { scalingSeries } from '../../charts/scaling-series.ts';
import styles from './Experiment.module.css';
import { ExportBar } from './ExportBar.tsx';
import { exportText } from './exports.ts';
import type { NamedAnalysis } from './named.ts';
import { Reading } from './Reading.tsx';

interface ScalingViewProps {
  readonly named: readonly NamedAnalysis[];
  readonly quantity: Quantity;
  /** Device counts to come. */
  readonly counts?: readonly number[];
  /** What exported files are titled and named after. */
  readonly title: string;
  /** Trainable numbers of a series' model, for the table; null where not known. */
  readonly parametersOf: (one: NamedAnalysis) => number | null;
}

/** The scaling chart with what it says in words beside it, and its ways out. */
export function ScalingView({ named, quantity, counts, title, parametersOf }: ScalingViewProps) {
  const series = useMemo(
    () =>
      named.map(({ analysis, ...look }) => {
        const one = scalingSeries(analysis, quantity, look);
        // Of many series on one count each, ideal lines would be all there is to see.
        return named.length > 2 && analysis.curve.length === 1 ? { ...one, ideal: undefined } : one;
      }),
    [named, quantity],
  );
  const told = series.map(
    (one) => `${one.label}, ${one.points.map((p) => `${p.x}: ${quantity.format(p.y)}`).join(', ')}`,
  );
  return (
    <>
      <div
        className={styles.scaling}
        data-many={named.length > 2 || undefined}
        id="scaling-chart"
        role="tabpanel"
        aria-label={quantity.axis}
      >
        <ScalingChart
          series={series}
          axis={quantity.axis}
          scale={quantity.scale}
          formatTick={quantity.formatTick}
          height={380}
          {...(counts && { counts })}
          summary={`${quantity.axis} against devices: ${told.join('; ')}.`}
        />
        <Reading named={named} />
      </div>
      <ExportBar
        title={title}
        textOf={(kind) => exportText(kind, { named, quantity: quantity.name, title, parametersOf })}
      />
    </>
  );
}
