import { useMemo, useState } from 'react';
import { ChartFrame, plotOf } from './ChartFrame.tsx';
import type { XY } from './decimate.ts';
import { EpochMarks } from './EpochMarks.tsx';
import type { Axes, Plot } from './scaling-axes.ts';
import { Tip } from './Tip.tsx';
import { linearTicks, logDomain, logTicks } from './ticks.ts';
import { useWidth } from './useWidth.ts';

export interface EpochLine {
  readonly key: string;
  /** "8 devices", for the tooltip and, once a group, at the line's end. */
  readonly label: string;
  /** Lines of one group share a name at the end: "8 devices", and "8" where room is short. */
  readonly group: string;
  readonly short: string;
  readonly colour: string;
  readonly points: readonly XY[];
}

interface EpochChartProps {
  readonly lines: readonly EpochLine[];
  readonly epochs: number;
  readonly axis: string;
  readonly scale: 'log' | 'linear';
  readonly format: (value: number) => string;
  readonly formatTick: (value: number) => string;
  readonly height: number;
  readonly summary: string;
  readonly width?: number;
}

/** Something by epoch, a line a run, as it comes. */
export function EpochChart(props: EpochChartProps) {
  const { lines, epochs, axis, scale, format, formatTick, height, summary } = props;
  const [frame, measured] = useWidth();
  const width = props.width ?? measured;
  const [active, setActive] = useState<{ key: string; point: XY }>();
  const margin = { top: 10, right: nameWidth(lines, width < 520), bottom: 16, left: 2 };
  const axes = useMemo(() => axesOf(lines, epochs, scale), [lines, epochs, scale]);
  const plot = plotOf(width, height, margin);
  const found = active && lines.find((line) => line.key === active.key);
  return (
    <ChartFrame
      frame={frame}
      width={width}
      height={height}
      margin={margin}
      axis={axis}
      across="epoch"
      summary={summary}
      axes={axes}
      scale={scale}
      formatTick={formatTick}
      x={{ scale: 'linear', every: false }}
      point={(at) => setActive(at && nearest(lines, axes, scale, plot, at.x, at.y))}
      tip={
        found &&
        active && (
          <Tip
            title={found.label}
            lines={[`Epoch ${active.point.x}: ${format(active.point.y)}`]}
            colour={found.colour}
            {...project(active.point, axes, scale, plot)}
            width={width}
          />
        )
      }
    >
      <EpochMarks lines={lines} active={active} short={width < 520} />
    </ChartFrame>
  );
}

/** Room for the longest name at a line's end, in pixels. */
function nameWidth(lines: readonly EpochLine[], narrow: boolean): number {
  const longest = lines.reduce(
    (most, { group, short }) => Math.max(most, (narrow ? short : group).length),
    2,
  );
  return (narrow ? 24 : 26) + 6.6 * (narrow ? longest : Math.max(10, longest));
}

function axesOf(lines: readonly EpochLine[], epochs: number, scale: 'log' | 'linear'): Axes {
  const ys: number[] = [];
  for (const line of lines) for (const point of line.points) ys.push(point.y);
  const reached = lines.reduce((most, line) => Math.max(most, line.points.at(-1)?.x ?? 1), 1);
  const end = Math.max(2, Math.min(epochs, roomy(reached)));
  const x: [number, number] = [1, end];
  const xTicks = [
    1,
    ...linearTicks(end, 8).filter((tick) => tick > 1 && tick <= end && Number.isInteger(tick)),
  ];
  if (scale === 'log') {
    const y = logDomain(ys, 0.06);
    return { x, y, xTicks, yTicks: logTicks(...y, 5) };
  }
  let most = 0;
  for (const value of ys) if (value > most) most = value;
  const yTicks = linearTicks(most, 5);
  return { x, y: [0, yTicks.at(-1)!], xTicks, yTicks };
}

/** The next of 10, 20, 50, 100 ...: an axis that grows in steps leaves room for what is to come, but not all of it. */
function roomy(reached: number): number {
  const decade = 10 ** Math.max(1, Math.floor(Math.log10(reached)));
  return [1, 2, 5, 10].map((one) => one * decade).find((one) => one >= reached) ?? reached;
}

function project(point: XY, { x, y }: Axes, scale: 'log' | 'linear', plot: Plot) {
  const up =
    scale === 'log' ? Math.log(point.y / y[0]) / Math.log(y[1] / y[0]) : (point.y - y[0]) / (y[1] - y[0]);
  return {
    x: plot.left + (plot.width * (point.x - x[0])) / (x[1] - x[0]),
    y: plot.top + plot.height * (1 - up),
  };
}

/** The run whose line is nearest above or below the pointer, at the epoch under it. */
function nearest(
  lines: readonly EpochLine[],
  axes: Axes,
  scale: 'log' | 'linear',
  plot: Plot,
  atX: number,
  atY: number,
): { key: string; point: XY } | undefined {
  const epoch = axes.x[0] + ((atX - plot.left) / plot.width) * (axes.x[1] - axes.x[0]);
  let best: { key: string; point: XY } | undefined;
  let least = 40;
  for (const line of lines) {
    const point = nearestByX(line.points, epoch);
    if (!point) continue;
    const place = project(point, axes, scale, plot);
    const distance = Math.hypot((place.x - atX) / 2, place.y - atY);
    if (distance < least) {
      least = distance;
      best = { key: line.key, point };
    }
  }
  return best;
}

function nearestByX(points: readonly XY[], x: number): XY | undefined {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  const [after, before] = [points[low], points[low - 1]];
  if (!after || !before) return after;
  return x - before.x < after.x - x ? before : after;
}
