import { type PointerEvent, useMemo, useState } from 'react';
import { CartesianGrid, ComposedChart, XAxis, YAxis } from 'recharts';
import { counted } from '../words/format.ts';
import styles from './Chart.module.css';
import { Legend } from './Legend.tsx';
import { ScalingMarks } from './ScalingMarks.tsx';
import type { ChartPoint, ChartSeries } from './series.ts';
import { Tip } from './Tip.tsx';
import { deviceTicks, linearTicks, logDomain, logTicks } from './ticks.ts';
import { useWidth } from './useWidth.ts';

export interface ScalingChartProps {
  readonly series: readonly ChartSeries[];
  /** Title of the vertical axis, unit included. */
  readonly axis: string;
  readonly scale: 'log' | 'linear';
  readonly formatTick: (value: number) => string;
  readonly height: number;
  /** What the chart says, for those who cannot see it. */
  readonly summary: string;
  /** Given in tests, where nothing has a width. */
  readonly width?: number;
}

const nothing: readonly [] = [];

/** A quantity against the number of devices: the product's face. Axes and grid are recharts', the marks our own. */
export function ScalingChart({
  series,
  axis,
  scale,
  formatTick,
  height,
  summary,
  width: given,
}: ScalingChartProps) {
  const [frame, measured] = useWidth();
  const width = given ?? measured;
  const [active, setActive] = useState<{ series: string; index: number }>();
  const named = width >= 520;
  const margin = useMemo(
    () => ({ top: 10, right: named ? 8 + nameWidth(series) : 14, bottom: 16, left: 2 }),
    [named, series],
  );
  const axes = useMemo(
    () => axesOf(series, scale, width - margin.right - margin.left - yAxisWidth),
    [series, scale, width, margin],
  );
  const found = active && series.find((one) => one.key === active.series);
  const point = found?.points[active?.index ?? -1];

  const track = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const plot = {
      left: margin.left + yAxisWidth,
      top: margin.top,
      width: width - margin.left - margin.right - yAxisWidth,
      height: height - margin.top - margin.bottom - xAxisHeight,
    };
    setActive(nearest(series, axes, scale, plot, event.clientX - box.left, event.clientY - box.top));
  };

  return (
    <figure className={styles.chart}>
      <figcaption className={styles.axisTitle}>{axis}</figcaption>
      <div
        ref={frame}
        className={styles.frame}
        style={{ height }}
        onPointerMove={track}
        onPointerDown={track}
        onPointerLeave={() => setActive(undefined)}
      >
        {width > 0 && (
          <ComposedChart
            width={width}
            height={height}
            margin={margin}
            data={nothing as never}
            accessibilityLayer={false}
            role="img"
            aria-label={summary}
          >
            <CartesianGrid stroke="var(--grid)" />
            <XAxis
              type="number"
              dataKey="x"
              scale="log"
              domain={axes.x as [number, number]}
              allowDataOverflow
              ticks={axes.xTicks}
              interval={0}
              height={xAxisHeight}
              tickMargin={6}
              tickSize={4}
              axisLine={{ stroke: 'var(--line-strong)' }}
              tickLine={{ stroke: 'var(--line-strong)' }}
              tick={{ fill: 'var(--ink-2)', fontSize: 12 }}
            />
            <YAxis
              type="number"
              dataKey="y"
              scale={scale}
              domain={axes.y as [number, number]}
              allowDataOverflow
              ticks={axes.yTicks}
              interval={0}
              width={yAxisWidth}
              tickMargin={6}
              axisLine={false}
              tickLine={false}
              tickFormatter={formatTick}
              tick={{ fill: 'var(--ink-2)', fontSize: 12 }}
            />
            <ScalingMarks series={series} domain={axes} active={active} named={named} />
          </ComposedChart>
        )}
        <span className={styles.xTitle} style={{ right: margin.right }} aria-hidden="true">
          devices
        </span>
        {found && point && active && (
          <Tip
            title={`${found.label}, ${counted(point.x, 'device')}`}
            lines={point.tip()}
            style={found.style}
            {...placeOf(point, axes, scale, width, height, margin)}
          />
        )}
      </div>
      <Legend series={series} named={named} />
    </figure>
  );
}

const yAxisWidth = 52;
const xAxisHeight = 26;

interface Axes {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xTicks: number[];
  readonly yTicks: number[];
}

function axesOf(series: readonly ChartSeries[], scale: 'log' | 'linear', pixels: number): Axes {
  const xs = series.flatMap((one) => [
    ...one.points.map((point) => point.x),
    ...(one.line ? [one.line.from, one.line.to] : []),
  ]);
  const ys = series.flatMap((one) => [
    ...one.points.flatMap((point) => [point.low, point.y, point.high]),
    ...(one.line ? [one.line.at(one.line.from), one.line.at(one.line.to)] : []),
    ...(one.forecast && one.line?.band
      ? [one.line.from, one.line.to].flatMap((x) => Object.values(one.line!.band!(x)))
      : []),
  ]);
  const [lowest, highest] = [Math.min(...xs, 1e9), Math.max(...xs, 1)];
  const x: [number, number] = xs.length > 0 ? [lowest / 1.12, Math.max(highest, lowest * 2) * 1.06] : [1, 8];
  const xTicks = deviceTicks(
    [...new Set(series.flatMap((one) => one.points.map((p) => p.x)))],
    x,
    Math.max(60, pixels),
  );
  if (scale === 'linear') {
    const top = Math.max(1, ...ys);
    const yTicks = linearTicks(top, 5);
    return {
      x,
      y: [0, Math.max(top * 1.03, yTicks.findLast((tick) => tick <= top * 1.03) ?? 1)],
      xTicks,
      yTicks: yTicks.filter((t) => t <= top * 1.03),
    };
  }
  const y = logDomain(ys);
  return { x, y, xTicks, yTicks: logTicks(...y, 6) };
}

interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function project(point: Pick<ChartPoint, 'x' | 'y'>, axes: Axes, scale: 'log' | 'linear', plot: Plot) {
  const share = (value: number, [low, high]: readonly [number, number], log: boolean) =>
    log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return {
    x: plot.left + plot.width * share(point.x, axes.x, true),
    y: plot.top + plot.height * (1 - share(point.y, axes.y, scale === 'log')),
  };
}

function nearest(
  series: readonly ChartSeries[],
  axes: Axes,
  scale: 'log' | 'linear',
  plot: Plot,
  atX: number,
  atY: number,
): { series: string; index: number } | undefined {
  let best: { series: string; index: number } | undefined;
  let least = 28;
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

function placeOf(
  point: ChartPoint,
  axes: Axes,
  scale: 'log' | 'linear',
  width: number,
  height: number,
  margin: { top: number; right: number; bottom: number; left: number },
) {
  const { x, y } = project(point, axes, scale, {
    left: margin.left + yAxisWidth,
    top: margin.top,
    width: width - margin.left - margin.right - yAxisWidth,
    height: height - margin.top - margin.bottom - xAxisHeight,
  });
  return { x, y, width };
}

/** Room for the longest name at a line's end, in pixels. */
function nameWidth(series: readonly ChartSeries[]): number {
  const longest = Math.max(5, ...series.map((one) => one.label.length));
  return Math.min(200, 6.6 * longest + 22);
}
