import type { Plan, RunPlan } from '@litmatter/protocol';
import type { ChartSeries } from '../../charts/series.ts';
import { distinctNames } from '../../charts/series-names.ts';
import { counted, integer, seconds } from '../../words/format.ts';

/** The plan's forecasts as the scaling chart draws them: a dashed line through the counts, with its band. */
export function forecastSeries(plan: Plan): ChartSeries[] {
  const groups = [...Map.groupBy(plan.perModelAndCount, (one) => one.series)];
  const names = distinctNames(groups.map(([series]) => series));
  return groups.flatMap(([series, cells], style) => {
    const known = cells
      .flatMap((cell) => (cell.forecast ? [{ ...cell, forecast: cell.forecast }] : []))
      .sort((a, b) => a.devices - b.devices);
    const [first] = known;
    const last = known.at(-1);
    if (!first || !last) return [];
    const reading = (pick: (cell: (typeof known)[number]) => number) => (x: number) =>
      interpolate(known, pick, x);
    return [
      {
        key: series,
        label: names[style]!,
        style,
        forecast: true,
        points: known.map((cell) => ({
          x: cell.devices,
          y: cell.forecast.seconds,
          low: cell.forecast.seconds,
          high: cell.forecast.seconds,
          hollow: cell.oversubscribed,
          faint: false,
          tip: () => tipOf(cell),
        })),
        line: {
          from: first.devices,
          to: last.devices,
          solidTo: last.devices,
          at: reading((cell) => cell.forecast.seconds),
          band: (x) => ({
            low: reading((cell) => cell.forecast.low)(x),
            high: reading((cell) => cell.forecast.high)(x),
          }),
        },
        ideal: (x) => (first.forecast.seconds * first.devices) / x,
      },
    ];
  });
}

function tipOf({ forecast, stepsPerEpoch, globalBatch, oversubscribed }: RunPlan): string[] {
  return [
    forecast
      ? `Forecast ${seconds(forecast.seconds)} per epoch, ${seconds(forecast.low)} to ${seconds(forecast.high)}`
      : 'No forecast',
    `${counted(stepsPerEpoch, 'step')}, global batch ${integer(globalBatch)}`,
    ...(oversubscribed ? ['Oversubscribed: more ranks than cores'] : []),
  ];
}

/** Straight between the forecast counts on logarithmic axes. */
function interpolate<C extends { readonly devices: number }>(
  cells: readonly C[],
  pick: (cell: C) => number,
  x: number,
): number {
  const after = cells.findIndex((cell) => cell.devices >= x);
  if (after <= 0) return pick(after === 0 ? cells[0]! : cells.at(-1)!);
  const [left, right] = [cells[after - 1]!, cells[after]!];
  const share = Math.log(x / left.devices) / Math.log(right.devices / left.devices);
  return pick(left) ** (1 - share) * pick(right) ** share;
}
