import { useMemo } from 'react';
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import styles from './Chart.module.css';
import { spread } from './labels.ts';
import { type ChartSeries, markPath, seriesColour } from './series.ts';
import { endNames } from './series-names.ts';

type Scale = (value: number) => number;

interface MarksProps {
  readonly series: readonly ChartSeries[];
  readonly domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** The series and point under the pointer. */
  readonly active: { readonly series: string; readonly index: number } | undefined;
  /** Whether lines are named at their ends (room on the right) or by a legend below. */
  readonly named: boolean;
}

/** Everything on the plot: bands, ideal lines, laws, points with their spread, names. Drawn on recharts' axes. */
export function ScalingMarks({ series, domain, active, named }: MarksProps) {
  const plot = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!plot || !xScale || !yScale) return null;
  const x: Scale = (value) => xScale(value) ?? Number.NaN;
  const y: Scale = (value) => yScale(Math.min(Math.max(value, domain.y[0]), domain.y[1])) ?? Number.NaN;
  return (
    <g>
      {series.map((one) => (
        <SeriesLines key={one.key} series={one} x={x} y={y} domain={domain} />
      ))}
      {series.map((one) => (
        <g key={one.key} style={{ color: seriesColour(one.style) }}>
          {one.points.map((point, index) => {
            const on = active?.series === one.key && active.index === index;
            const at = `translate(${px(x(point.x))} ${px(y(point.y))})`;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: points have a fixed order within their series
              <g key={index} className={styles.point} data-faint={point.faint || undefined}>
                {point.high > point.low && (
                  <path
                    className={styles.spread}
                    d={errorBar(px(x(point.x)), px(y(point.low)), px(y(point.high)))}
                  />
                )}
                <path
                  className={point.hollow ? styles.hollow : styles.solid}
                  d={markPath(one.style, on ? 6.5 : 4.5)}
                  transform={at}
                />
              </g>
            );
          })}
        </g>
      ))}
      {series.length === 1 && series[0]?.half !== undefined && (
        <Half at={px(x(series[0].half))} plot={plot} />
      )}
      {named && <EndNames series={series} y={y} domain={domain} plot={plot} />}
    </g>
  );
}

/** n_half as a mark standing on the axis of devices. */
function Half({ at, plot }: { readonly at: number; readonly plot: PlotBox }) {
  const bottom = plot.y + plot.height;
  return (
    <g>
      <path className={styles.half} d={`M${at} ${bottom}V${bottom - 26}`} />
      <text className={styles.halfName} x={at + 5} y={bottom - 16}>
        n
        <tspan dy={3} fontSize={9}>
          half
        </tspan>
      </text>
    </g>
  );
}

interface PlotBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface OnAxes {
  readonly x: Scale;
  readonly y: Scale;
  readonly domain: MarksProps['domain'];
}

function SeriesLines({ series, x, y, domain }: OnAxes & { readonly series: ChartSeries }) {
  const { line, ideal } = series;
  const colour = seriesColour(series.style);
  const paths = useMemo(() => {
    const xs = samples(domain.x);
    const path = (from: number, to: number, at: (x: number) => number) =>
      pathOf(within(xs, from, to), at, x, y, domain);
    return {
      ideal:
        ideal &&
        path(
          Math.min(...series.points.map((p) => p.x), line?.from ?? Number.POSITIVE_INFINITY),
          domain.x[1],
          ideal,
        ),
      solid: line && path(line.from, line.solidTo, line.at),
      beyond:
        line && line.to > line.solidTo
          ? path(line.solidTo, Math.min(line.to, domain.x[1]), line.at)
          : undefined,
      band: line?.band && bandOf(within(xs, line.from, Math.min(line.to, domain.x[1])), line.band, x, y),
    };
  }, [series, line, ideal, domain, x, y]);
  return (
    <g style={{ color: colour }}>
      {paths.band && <path className={styles.band} d={paths.band} />}
      {paths.ideal && <path className={styles.ideal} d={paths.ideal} />}
      {paths.solid && <path className={series.forecast ? styles.beyond : styles.line} d={paths.solid} />}
      {paths.beyond && <path className={styles.beyond} d={paths.beyond} />}
    </g>
  );
}

function EndNames({
  series,
  y,
  domain,
  plot,
}: Omit<OnAxes, 'x'> & Pick<MarksProps, 'series'> & { plot: PlotBox }) {
  const short = endNames(series.map((one) => one.label));
  const names = series.flatMap((one, index) => {
    const end = Math.min(one.line?.to ?? lastX(one), domain.x[1]);
    const value = one.line ? one.line.at(end) : one.points.findLast((point) => point.x === end)?.y;
    if (value === undefined || !Number.isFinite(value)) return [];
    return [{ key: one.key, one, name: short[index]!, y: y(value), height: one.note ? 30 : 16 }];
  });
  const left = plot.x + plot.width + 8;
  return spread(names, plot.y - 4, plot.y + plot.height + 4).map(({ key, one, name, at, height }) => (
    <g key={key} transform={`translate(${left} ${px(at - height / 2)})`}>
      <path d={markPath(one.style, 3.5)} transform="translate(4 8)" fill={seriesColour(one.style)} />
      <text className={styles.name} x={13} y={12}>
        {name}
        {one.note && (
          <tspan className={styles.nameNote} x={13} dy={14}>
            {one.note.text}
            <tspan dy={-4} fontSize={9.5}>
              {one.note.exponent}
            </tspan>
          </tspan>
        )}
      </text>
    </g>
  ));
}

function lastX(series: ChartSeries): number {
  return series.points.reduce((most, point) => Math.max(most, point.x), Number.NEGATIVE_INFINITY);
}

/** Places to evaluate a curve at: even on the logarithmic axis. */
function samples([low, high]: readonly [number, number]): number[] {
  const count = 72;
  return Array.from({ length: count + 1 }, (_, k) => low * (high / low) ** (k / count));
}

function within(xs: readonly number[], from: number, to: number): number[] {
  return to < from ? [] : [from, ...xs.filter((x) => x > from && x < to), to];
}

/** A curve as a path, left out where it leaves the axes. */
function pathOf(
  xs: readonly number[],
  at: (x: number) => number,
  x: Scale,
  y: Scale,
  { y: [low, high] }: MarksProps['domain'],
): string | undefined {
  let path = '';
  let pen = 'M';
  for (const one of xs) {
    const value = at(one);
    if (!(value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))) {
      pen = 'M';
      continue;
    }
    path += `${pen}${px(x(one))} ${px(y(value))}`;
    pen = 'L';
  }
  return path || undefined;
}

function bandOf(
  xs: readonly number[],
  band: (x: number) => { low: number; high: number },
  x: Scale,
  y: Scale,
): string | undefined {
  if (xs.length === 0) return undefined;
  const upper = xs.map((one) => `${px(x(one))} ${px(y(band(one).high))}`);
  const lower = xs.map((one) => `${px(x(one))} ${px(y(band(one).low))}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

function errorBar(x: number, low: number, high: number): string {
  return `M${x} ${low}V${high}M${x - 4} ${low}h8M${x - 4} ${high}h8`;
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
