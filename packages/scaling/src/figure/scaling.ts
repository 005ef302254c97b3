import type { Analysis } from '../analyse.ts';
import type { ScalingRow } from '../curve.ts';
import type { Fit } from '../laws/law.ts';
import { number } from '../words.ts';
import type { Figure, FigurePoint, FigureSeries } from './svg.ts';

/** What may stand on the vertical axis of a scaling figure. */
export const figureQuantities = ['time', 'speedup', 'efficiency', 'cost', 'steps', 'imbalance'] as const;
export type FigureQuantity = (typeof figureQuantities)[number];

interface Base {
  readonly devices: number;
  readonly seconds: number;
}

interface Kind {
  readonly axis: string;
  readonly scale: 'log' | 'linear';
  of(row: ScalingRow): number | null;
  /** What a time at n devices comes to, where the quantity is made of times. */
  fromTime?(time: number, n: number, base: Base): number;
  ideal?(n: number, base: Base): number;
}

const kinds: Readonly<Record<FigureQuantity, Kind>> = {
  time: {
    axis: 'seconds per epoch',
    scale: 'log',
    of: (row) => row.seconds,
    fromTime: (time) => time,
    ideal: (n, base) => (base.seconds * base.devices) / n,
  },
  speedup: {
    axis: 'speedup over the fewest devices',
    scale: 'log',
    of: (row) => row.speedup,
    fromTime: (time, _, base) => base.seconds / time,
    ideal: (n, base) => n / base.devices,
  },
  efficiency: {
    axis: 'parallel efficiency (1 is ideal)',
    scale: 'linear',
    of: (row) => row.efficiency,
    fromTime: (time, n, base) => (base.devices * base.seconds) / (n * time),
    ideal: () => 1,
  },
  cost: {
    axis: 'device-seconds per epoch',
    scale: 'log',
    of: (row) => row.cost,
    fromTime: (time, n) => n * time,
    ideal: (_, base) => base.devices * base.seconds,
  },
  steps: { axis: 'steps per epoch', scale: 'log', of: (row) => row.steps },
  imbalance: { axis: 'slowest rank / mean rank', scale: 'linear', of: (row) => row.imbalance },
};

/** How far beyond the largest measured count a law is drawn, as a factor, and how wide a band may be, high over low. */
const reach = 1.5;
const widest = 20;

export interface NamedSeries {
  readonly label: string;
  readonly analysis: Analysis;
}

/** The scaling chart of one or several analysed series, ready for `figureSvg`. */
export function scalingFigure(
  title: string,
  named: readonly NamedSeries[],
  quantity: FigureQuantity = 'time',
): Figure {
  const kind = kinds[quantity];
  const series = named.map((one) => seriesOf(one, quantity));
  const points = series.flatMap((one) => one.points);
  return {
    title,
    x: { title: 'devices' },
    y: { title: kind.axis, scale: kind.scale },
    series,
    notes: [
      ...(points.some((point) => point.high > point.low)
        ? [
            'Points: median of the epochs after each attempt’s first; bars: median absolute deviation of N epochs.',
          ]
        : []),
      ...(series.some((one) => one.line)
        ? [
            'Lines: power law, least squares in ln t, with the 95 % band of the curve; dashed beyond the measured counts.',
          ]
        : []),
      ...(series.some((one) => one.ideal) ? ['Dotted: ideal scaling from the fewest devices.'] : []),
      ...(series.some((one) => one.marked)
        ? ['At n½ devices half of an epoch is cost that more devices do not shrink (t = c + A/n).']
        : []),
      ...(points.some((point) => point.hollow) ? ['Hollow: more ranks than cores or devices.'] : []),
    ],
  };
}

function seriesOf({ label, analysis }: NamedSeries, quantity: FigureQuantity): FigureSeries {
  const kind = kinds[quantity];
  const [base] = analysis.curve;
  const fit = analysis.laws.find((one) => one.fit.law.name === 'power')?.fit;
  const half = analysis.inflection?.half;
  const chosen = analysis.laws.some((one) => one.weight !== null);
  const { fromTime, ideal } = kind;
  const largest = analysis.curve[analysis.curve.length - 1].devices;
  return {
    label,
    detail: [quantity === 'time' && fit ? exponentOf(fit) : '', countOf(analysis)].filter(Boolean).join(', '),
    points: analysis.rows.flatMap((row) => pointOf(row, kind, base)),
    line:
      fit && fromTime
        ? {
            from: base.devices,
            to: largest * reach,
            solidTo: largest,
            at: (n) => fromTime(fit.predict(n), n, base),
            ...(narrow(fit, largest) && {
              band(n: number) {
                const { low, high } = fit.band(n, 0.95, 'curve');
                const ends = [fromTime(low, n, base), fromTime(high, n, base)];
                return { low: Math.min(...ends), high: Math.max(...ends) };
              },
            }),
          }
        : undefined,
    ideal: ideal && ((n) => ideal(n, base)),
    marked:
      quantity === 'time' &&
      half &&
      chosen &&
      Number.isFinite(half.devices) &&
      half.devices <= largest * reach
        ? { x: half.devices, words: `n½ = ${number(half.devices, 2)}` }
        : undefined,
  };
}

function narrow(fit: Fit, largest: number): boolean {
  const { low, high } = fit.band(largest, 0.95, 'curve');
  return high / low <= widest;
}

function pointOf(row: ScalingRow, kind: Kind, base: Base): FigurePoint[] {
  const y = kind.of(row);
  if (y === null || !(y > 0)) return [];
  const ends = kind.fromTime
    ? [row.seconds - row.spread, row.seconds + row.spread].map(
        (time) => kind.fromTime?.(Math.max(time, 0.02 * row.seconds), row.devices, base) ?? y,
      )
    : [y];
  return [{ x: row.devices, y, low: Math.min(...ends), high: Math.max(...ends), hollow: row.oversubscribed }];
}

function exponentOf(fit: Fit): string {
  const beta = fit.estimates.find((estimate) => estimate.symbol === 'beta');
  if (!beta) return '';
  const { value, interval } = beta;
  const range = interval ? ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})` : '';
  return `β = ${value.toFixed(2)}${range}${fit.r2 === null ? '' : `, R² = ${fit.r2.toFixed(2)}`}`;
}

/** "4 runs, N = 3 to 5 epochs": what is behind the points and their bars. */
export function countOf(analysis: Analysis): string {
  const counts = analysis.rows.map((row) => row.epochSeconds.length).filter((count) => count > 0);
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  if (counts.length === 0) return many(analysis.curve.length, 'device count');
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const n = least === most ? many(most, 'epoch') : `${least} to ${most} epochs`;
  return `${many(analysis.rows.length, 'run')}, N = ${n}`;
}
