import type { Analysis, Fit, ScalingRow } from '@litmatter/scaling';
import { counted, integer, percent, seconds } from '../words/format.ts';
import type { Base, Quantity } from './quantities.ts';
import type { ChartLine, ChartPoint, ChartSeries } from './series.ts';

/** How far beyond the largest measured count a law is drawn, as a factor. */
const reach = 1.5;
/** A band wider than this, high over low, says nothing and hides the points: it is left out, and the legend says so. */
const widest = 5;

/** The power law of a series, from three device counts on. */
export function powerFit(analysis: Analysis): Fit | undefined {
  return analysis.laws.find(({ fit }) => fit.law.name === 'power')?.fit;
}

export function baseOf(analysis: Analysis): Base | undefined {
  const [first] = analysis.curve;
  return first && { devices: first.devices, seconds: first.seconds, ...analysis.context };
}

interface SeriesLook {
  readonly label: string;
  readonly style: number;
  readonly key?: string;
  /** Where times come from that were not measured here, in words. */
  readonly origin?: string | undefined;
}

/** One analysed series as the chart draws it under one quantity. */
export function scalingSeries(
  analysis: Analysis,
  quantity: Quantity,
  { label, style, key = label, origin }: SeriesLook,
): ChartSeries {
  const base = baseOf(analysis);
  const fit = powerFit(analysis);
  const points = analysis.rows.flatMap((row) => pointOf(row, quantity, base, origin));
  const counts = analysis.curve.map((one) => one.devices);
  const beta = fit?.value('beta');
  return {
    key,
    label,
    style,
    points,
    note:
      quantity.name === 'time' && beta !== undefined
        ? { text: 't ∝ n', exponent: (-beta).toFixed(2).replace('-', '−') }
        : undefined,
    half: halfOf(analysis),
    line: base && fit && lineOf(fit, quantity, base, counts),
    ideal: base && ((x) => quantity.ideal(x, base) ?? Number.NaN),
  };
}

/** n_half, where the counts tell it: a choice of laws can be made, and it lies about where there are points. */
export function halfOf({ inflection, laws, curve }: Analysis): number | undefined {
  const counts = curve.map((one) => one.devices);
  const half = inflection?.half?.devices;
  const told = laws.some((one) => one.weight !== null);
  if (half === undefined || !told) return undefined;
  return half > Math.min(...counts) && half < Math.max(...counts) * reach ? half : undefined;
}

function pointOf(
  row: ScalingRow,
  quantity: Quantity,
  base: Base | undefined,
  origin: string | undefined,
): ChartPoint[] {
  const y = quantity.of(row);
  if (y === null || !(y > 0) || !base) return [];
  const { fromTime } = quantity;
  const ends = fromTime
    ? [row.seconds - row.spread, row.seconds + row.spread].map((time) =>
        fromTime(Math.max(time, row.seconds * 0.02), row.devices, base),
      )
    : [y, y];
  return [
    {
      x: row.devices,
      y,
      low: Math.min(...ends),
      high: Math.max(...ends),
      hollow: row.oversubscribed,
      faint: row.warmUpOnly,
      n: row.epochSeconds.length,
      tip: () => tipOf(row, quantity, y, origin),
    },
  ];
}

function tipOf(row: ScalingRow, quantity: Quantity, y: number, origin: string | undefined): string[] {
  const epochs = row.epochSeconds.length;
  const measured =
    origin !== undefined || epochs === 0
      ? `${seconds(row.seconds)} per epoch${origin ? `, ${origin}` : ''}`
      : row.warmUpOnly
        ? `${seconds(row.seconds)} per epoch, the warm-up epoch only`
        : `${seconds(row.seconds)} per epoch, median of ${counted(epochs, 'epoch')}, ± ${seconds(row.spread)} (MAD)`;
  return [
    ...(quantity.name === 'time' ? [] : [`${quantity.tab}: ${quantity.format(y)}`]),
    measured,
    ...(quantity.name === 'efficiency' ? [] : [`Efficiency ${percent(row.efficiency)}`]),
    ...(row.steps === null
      ? []
      : [`${counted(row.steps, 'step')}, global batch ${integer(row.globalBatch ?? 0)}`]),
    ...(row.oversubscribed ? ['Oversubscribed: more ranks than cores'] : []),
  ];
}

function lineOf(fit: Fit, quantity: Quantity, base: Base, counts: readonly number[]): ChartLine | undefined {
  const { fromTime } = quantity;
  if (!fromTime) return undefined;
  const [smallest, largest] = [Math.min(...counts), Math.max(...counts)];
  const line = {
    from: smallest,
    to: largest * reach,
    solidTo: largest,
    at: (x: number) => fromTime(fit.predict(x), x, base),
  };
  const at = fit.band(largest, 0.95, 'curve');
  if (at.high / at.low > widest) return line;
  return {
    ...line,
    band(x) {
      const { low, high } = fit.band(x, 0.95, 'curve');
      const ends = [fromTime(low, x, base), fromTime(high, x, base)];
      return { low: Math.min(...ends), high: Math.max(...ends) };
    },
  };
}
