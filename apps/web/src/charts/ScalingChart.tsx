import { useMemo, useState } from 'react';
import { counted } from '../words/format.ts';
import { ChartFrame, plotOf, yAxisWidth } from './ChartFrame.tsx';
import { Legend, type LegendWords } from './Legend.tsx';
import { ScalingMarks } from './ScalingMarks.tsx';
import { axesOf, nearest, project, withBandThatFits } from './scaling-axes.ts';
import type { ChartSeries } from './series.ts';
import { endNames } from './series-names.ts';
import { Tip } from './Tip.tsx';
import { useWidth } from './useWidth.ts';

export interface ScalingChartProps {
  readonly series: readonly ChartSeries[];
  /** Title of the vertical axis, unit included. */
  readonly axis: string;
  readonly scale: 'log' | 'linear';
  readonly formatTick: (value: number) => string;
  readonly height: number;
  /** Device counts to come: the axis has room for them from the start. */
  readonly counts?: readonly number[];
  /** What the chart says, for those who cannot see it. */
  readonly summary: string;
  /** What is across, where it is not device counts. */
  readonly across?: Across;
  /** What the lines and hollow marks stand for, where that is not what they are on the scaling chart. */
  readonly legend?: LegendWords;
  /** Given in tests, where nothing has a width. */
  readonly width?: number;
}

/** A horizontal axis of sizes. */
export interface Across {
  readonly title: string;
  /** "1,000 molecules", for the tooltip. */
  readonly words: (x: number) => string;
  readonly formatTick: (x: number) => string;
}

const nothing: readonly number[] = [];

/** A quantity against the number of devices: the product's face. Axes and grid are recharts', the marks our own. */
export function ScalingChart({
  series,
  axis,
  scale,
  formatTick,
  height,
  summary,
  across,
  legend,
  counts = nothing,
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
    () =>
      axesOf(
        series,
        counts,
        scale,
        width - margin.right - margin.left - yAxisWidth,
        height,
        across ? 'sizes' : 'devices',
      ),
    [series, counts, scale, width, height, margin, across],
  );
  const drawn = useMemo(() => series.map((one) => withBandThatFits(one, axes, scale)), [series, axes, scale]);
  const plot = plotOf(width, height, margin);
  const found = active && series.find((one) => one.key === active.series);
  const point = found?.points[active?.index ?? -1];

  return (
    <ChartFrame
      frame={frame}
      width={width}
      height={height}
      margin={margin}
      axis={axis}
      across={across?.title ?? 'devices'}
      summary={summary}
      axes={axes}
      scale={scale}
      formatTick={formatTick}
      x={{ scale: 'log', every: true, ...(across && { formatTick: across.formatTick }) }}
      point={(at) => setActive(at && nearest(series, axes, scale, plot, at.x, at.y))}
      tip={
        found &&
        point &&
        active && (
          <Tip
            title={`${found.label}, ${across ? across.words(point.x) : counted(point.x, 'device')}`}
            lines={point.tip()}
            style={found.style}
            {...project(point, axes, scale, plot)}
            width={width}
          />
        )
      }
      legend={<Legend series={drawn} named={named} {...(legend && { words: legend })} />}
    >
      <ScalingMarks series={drawn} domain={axes} active={active} named={named} />
    </ChartFrame>
  );
}

/** Room for the longest name at a line's end, in pixels. */
function nameWidth(series: readonly ChartSeries[]): number {
  const longest = Math.max(5, ...endNames(series.map((one) => one.label)).map((name) => name.length));
  return Math.min(200, 6.6 * longest + 22);
}
