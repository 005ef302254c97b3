import type { ChartPoint, ChartSeries } from './series.ts';
import { deviceTicks, linearTicks, logDomain, logTicks } from './ticks.ts';

/** The axes of the scaling chart: devices across, logarithmic always; a quantity upward. */
export interface Axes {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xTicks: number[];
  readonly yTicks: number[];
}

/** Where the axes stand, in pixels of the chart's frame. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export type ScaleName = 'log' | 'linear';

/** A chart lower than this, in pixels, has fewer ticks. */
const low = 300;

/**
 * Axes that hold every point with its spread, every law, and every device count to come.
 * @param pixels - width of the plot
 * @param kind - what is across: device counts, with ticks at the powers of two, or sizes, with round ones
 */
export function axesOf(
  series: readonly ChartSeries[],
  counts: readonly number[],
  scale: ScaleName,
  pixels: number,
  height: number,
  kind: 'devices' | 'sizes' = 'devices',
): Axes {
  const measured = series.flatMap((one) => one.points.map((point) => point.x));
  const xs = [...measured, ...counts, ...series.flatMap(({ line }) => (line ? [line.from, line.to] : []))];
  const x = deviceDomain(xs);
  const xTicks =
    kind === 'devices'
      ? deviceTicks([...new Set([...measured, ...counts])], x, Math.max(60, pixels))
      : logTicks(...x, Math.max(2, Math.min(8, Math.floor(pixels / 64))));
  const ys = series.flatMap(valuesOf);
  if (scale === 'log') {
    const y = logDomain(ys);
    return { x, y, xTicks, yTicks: logTicks(...y, height < low ? 4 : 6) };
  }
  const top = ys.reduce((most, value) => Math.max(most, value), 1) * 1.03;
  return { x, y: [0, top], xTicks, yTicks: linearTicks(top).filter((tick) => tick <= top) };
}

function deviceDomain(xs: readonly number[]): [number, number] {
  if (xs.length === 0) return [1, 8];
  const least = xs.reduce((a, b) => Math.min(a, b));
  const most = xs.reduce((a, b) => Math.max(a, b));
  return [least / 1.12, Math.max(most, least * 2) * 1.06];
}

/** Heights that must be on the chart. A fit's band may leave it; a forecast is nothing but its band. */
function valuesOf({ points, line, forecast }: ChartSeries): number[] {
  const ends = line ? [line.from, line.to] : [];
  return [
    ...points.flatMap((point) => [point.low, point.y, point.high]),
    ...ends.map((x) => line!.at(x)),
    ...(forecast && line?.band ? ends.flatMap((x) => Object.values(line.band!(x))) : []),
  ];
}

/** A band that takes more of the axis than this says nothing and hides the points. */
const mostOfAxis = 0.55;

/** A series without its band where that would fill the chart; the legend tells of it. A forecast is nothing but its band. */
export function withBandThatFits(series: ChartSeries, { y }: Axes, scale: ScaleName): ChartSeries {
  const { line, forecast } = series;
  if (!line?.band || forecast) return series;
  const log = scale === 'log';
  const taken = [line.from, Math.sqrt(line.from * line.solidTo), line.solidTo].map((x) => {
    const { low, high } = line.band!(x);
    return share(Math.min(high, y[1]), y, log) - share(Math.max(low, y[0]), y, log);
  });
  if (taken.reduce((sum, one) => sum + one, 0) / taken.length <= mostOfAxis) return series;
  const { band: _, ...bare } = line;
  return { ...series, line: bare };
}

export function project(
  point: Pick<ChartPoint, 'x' | 'y'>,
  axes: Axes,
  scale: ScaleName,
  plot: Plot,
): { x: number; y: number } {
  return {
    x: plot.left + plot.width * share(point.x, axes.x, true),
    y: plot.top + plot.height * (1 - share(point.y, axes.y, scale === 'log')),
  };
}

function share(value: number, [from, to]: readonly [number, number], log: boolean): number {
  return log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
}

/** How near the pointer must be to a point, in pixels. */
const reach = 28;

/** The point nearest to a place in the frame, if one is near. */
export function nearest(
  series: readonly ChartSeries[],
  axes: Axes,
  scale: ScaleName,
  plot: Plot,
  atX: number,
  atY: number,
): { series: string; index: number } | undefined {
  let best: { series: string; index: number } | undefined;
  let least = reach;
  for (const one of series) {
    for (const [index, point] of one.points.entries()) {
      const { x, y } = project(point, axes, scale, plot);
      const distance = Math.hypot(x - atX, y - atY);
      if (distance < least) {
        least = distance;
        best = { series: one.key, index };
      }
    }
  }
  return best;
}
