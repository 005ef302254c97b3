import type { Analysis, Fit, ScalingRow } from '@litmatter/scaling';
import { counted, integer, percent, seconds } from '../words/format.ts';
import type { Base, Quantity } from './quantities.ts';
import type { ChartLine, ChartPoint, ChartSeries } from './series.ts';

/** How far beyond the largest measured count a law is drawn, as a factor. */
const reach = 1.5;
/** A band wider than this, high over low, says nothing and hides the points; beside other series even less is of use. */
const widest = 20;
const widestAmongOthers = 6;

/** The power law of a series, from three device counts on. */
export function powerFit(analysis: Analysis): Fit | undefined {
  return analysis.laws.find(({ fit }) => fit.law.name === 'power')?.fit;
}

export function baseOf(analysis: Analysis): Base | undefined {
  const [first] = analysis.curve;
  return first && { devices: first.devices, seconds: first.seconds, ...analysis.context };
}

/** One analysed series as the chart draws it under one quantity. */
export function scalingSeries(
  analysis: Analysis,
  quantity: Quantity,
  { label, style, key = label, among = 1 }: { label: string; style: number; key?: string; among?: number },
): ChartSeries {
  const base = baseOf(analysis);
  const fit = powerFit(analysis);
  const points = analysis.rows.flatMap((row) => pointOf(row, quantity, base));
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
    line: base && fit && lineOf(fit, quantity, base, counts, among),
    ideal: base && ((x) => quantity.ideal(x, base) ?? Number.NaN),
  };
}

function pointOf(row: ScalingRow, quantity: Quantity, base: Base | undefined): ChartPoint[] {
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
      tip: () => tipOf(row, quantity, y),
    },
  ];
}

function tipOf(row: ScalingRow, quantity: Quantity, y: number): string[] {
  const epochs = row.epochSeconds.length;
  const measured = row.warmUpOnly
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

function lineOf(
  fit: Fit,
  quantity: Quantity,
  base: Base,
  counts: readonly number[],
  among: number,
): ChartLine | undefined {
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
  if (at.high / at.low > (among > 1 ? widestAmongOthers : widest)) return line;
  return {
    ...line,
    band(x) {
      const { low, high } = fit.band(x, 0.95, 'curve');
      const ends = [fromTime(low, x, base), fromTime(high, x, base)];
      return { low: Math.min(...ends), high: Math.max(...ends) };
    },
  };
}
