import type { PointerEvent, ReactNode, RefCallback } from 'react';
import { CartesianGrid, ComposedChart, XAxis, YAxis } from 'recharts';
import styles from './Chart.module.css';
import type { Axes, Plot, ScaleName } from './scaling-axes.ts';

/** Pixels round the plot and its axes. */
export interface Margin {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

export const yAxisWidth = 52;
const xAxisHeight = 26;

/** Where the plot stands in a frame of so many pixels. */
export function plotOf(width: number, height: number, margin: Margin): Plot {
  return {
    left: margin.left + yAxisWidth,
    top: margin.top,
    width: Math.max(1, width - margin.left - margin.right - yAxisWidth),
    height: height - margin.top - margin.bottom - xAxisHeight,
  };
}

interface ChartFrameProps {
  readonly frame: RefCallback<HTMLElement>;
  /** Pixels; 0 until it is known. */
  readonly width: number;
  readonly height: number;
  readonly margin: Margin;
  /** Title of the vertical axis, unit included. */
  readonly axis: string;
  /** Title of the horizontal axis. */
  readonly across: string;
  /** What the chart says, for those who cannot see it. */
  readonly summary: string;
  readonly axes: Axes;
  readonly scale: ScaleName;
  readonly formatTick: (value: number) => string;
  /** The horizontal axis: devices and sizes are logarithmic, epochs count. */
  readonly x: {
    readonly scale: ScaleName;
    readonly formatTick?: (value: number) => string;
    /** Every tick has its label, and its line of the grid; otherwise as many as there is room for. */
    readonly every: boolean;
  };
  /** The pointer is at this place of the frame, in pixels; undefined when it has left. */
  readonly point: (at: { readonly x: number; readonly y: number } | undefined) => void;
  /** Lines and points, within the chart. */
  readonly children: ReactNode;
  /** What is said of the point under the pointer. */
  readonly tip: ReactNode;
  /** Below the chart. */
  readonly legend?: ReactNode;
}

const nothing: readonly never[] = [];
const tick = { fill: 'var(--ink-2)', fontSize: 12 };
const strong = { stroke: 'var(--line-strong)' };

/** What our charts have in common: titles, axes and grid, which are recharts', and where the pointer is. */
export function ChartFrame(props: ChartFrameProps) {
  const { frame, width, height, margin, axes, x, point } = props;
  const track = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    point({ x: event.clientX - box.left, y: event.clientY - box.top });
  };
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.axisTitle}>{props.axis}</figcaption>
      <div
        ref={frame}
        className={styles.frame}
        style={{ height }}
        onPointerMove={track}
        onPointerDown={track}
        onPointerLeave={() => point(undefined)}
      >
        {width > 0 && (
          <ComposedChart
            width={width}
            height={height}
            margin={margin}
            data={nothing as never}
            accessibilityLayer={false}
            role="img"
            aria-label={props.summary}
          >
            <CartesianGrid stroke="var(--grid)" vertical={x.every} />
            <XAxis
              type="number"
              dataKey="x"
              scale={x.scale}
              domain={axes.x as [number, number]}
              allowDataOverflow
              ticks={axes.xTicks}
              interval={x.every ? 0 : 'equidistantPreserveStart'}
              height={xAxisHeight}
              tickMargin={6}
              tickSize={4}
              axisLine={strong}
              tickLine={strong}
              tick={tick}
              {...(x.formatTick && { tickFormatter: x.formatTick })}
            />
            <YAxis
              type="number"
              dataKey="y"
              scale={props.scale}
              domain={axes.y as [number, number]}
              allowDataOverflow
              ticks={axes.yTicks}
              interval={0}
              width={yAxisWidth}
              tickMargin={6}
              axisLine={false}
              tickLine={false}
              tickFormatter={props.formatTick}
              tick={tick}
            />
            {props.children}
          </ComposedChart>
        )}
        <span className={styles.xTitle} style={{ right: margin.right }} aria-hidden="true">
          {props.across}
        </span>
        {props.tip}
      </div>
      {props.legend}
    </figure>
  );
}
