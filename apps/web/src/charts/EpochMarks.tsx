import { memo } from 'react';
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import styles from './Chart.module.css';
import { decimate, type XY } from './decimate.ts';
import type { EpochLine } from './EpochChart.tsx';
import { spread } from './labels.ts';

interface EpochMarksProps {
  readonly lines: readonly EpochLine[];
  readonly active: { readonly key: string; readonly point: XY } | undefined;
  /** Whether names are to be short. */
  readonly short: boolean;
}

/** More lines than this are drawn thin, and of fewer points. */
const many = 40;
/** Of more than this a line needs no more than its course: when the axis grows all are drawn anew within a frame. */
const crowd = 160;

/** One path a run on recharts' axes, and one name a group at the lines' ends. */
export function EpochMarks({ lines, active, short }: EpochMarksProps) {
  const plot = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (!plot || !xScale || !yScale) return null;
  const x = (value: number) => xScale(value) ?? Number.NaN;
  const y = (value: number) => yScale(value) ?? Number.NaN;
  const scaleKey = `${plot.x},${plot.y},${plot.width},${plot.height},${x(1)},${x(2)},${y(1)},${y(2)}`;
  const on = active && lines.find((line) => line.key === active.key);
  return (
    <g>
      <g className={styles.runs} data-dimmed={on ? true : undefined}>
        {lines.map((line) => (
          <Line
            key={line.key}
            line={line}
            scaleKey={scaleKey}
            x={x}
            y={y}
            width={plot.width}
            many={lines.length > many}
            pixelsAPoint={lines.length > crowd ? 18 : lines.length > many ? 6 : 2}
          />
        ))}
      </g>
      {on && active && (
        <g style={{ color: on.colour }}>
          <Line line={on} scaleKey={`${scaleKey} on`} x={x} y={y} width={plot.width} pixelsAPoint={2} on />
          <circle className={styles.solid} cx={x(active.point.x)} cy={y(active.point.y)} r="4" />
        </g>
      )}
      <Names lines={lines} y={y} plot={plot} short={short} />
    </g>
  );
}

type Scale = (value: number) => number;

interface LineProps {
  readonly line: EpochLine;
  /** Tells whether the axes have moved; the scales themselves are new each time. */
  readonly scaleKey: string;
  readonly x: Scale;
  readonly y: Scale;
  readonly width: number;
  readonly pixelsAPoint: number;
  readonly many?: boolean;
  readonly on?: boolean;
}

const Line = memo(
  function Line({ line, x, y, width, pixelsAPoint, many: thin, on }: LineProps) {
    const points = decimate(line.points, Math.max(20, Math.floor(width / pixelsAPoint)));
    const [first] = points;
    if (!first) return null;
    if (points.length === 1) return <circle cx={x(first.x)} cy={y(first.y)} r="2.5" fill={line.colour} />;
    return (
      <path
        className={styles.run}
        style={{ color: line.colour }}
        data-many={thin || undefined}
        data-on={on || undefined}
        d={`M${points.map((point) => `${tenths(x(point.x))} ${tenths(y(point.y))}`).join('L')}`}
      />
    );
  },
  (a, b) =>
    a.line.points === b.line.points &&
    a.line.colour === b.line.colour &&
    a.scaleKey === b.scaleKey &&
    a.pixelsAPoint === b.pixelsAPoint &&
    a.many === b.many,
);

/** To a tenth of a pixel. `toFixed` takes several times as long, and there are tens of thousands. */
function tenths(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}

interface NamesProps {
  readonly lines: readonly EpochLine[];
  readonly y: Scale;
  readonly short: boolean;
  readonly plot: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

function Names({ lines, y, short, plot }: NamesProps) {
  const groups = new Map<string, { key: string; y: number; height: number; colour: string }>();
  for (const line of lines) {
    const last = line.points.at(-1);
    if (!last || groups.has(line.group)) continue;
    groups.set(line.group, {
      key: short ? line.short : line.group,
      y: y(last.y),
      height: 14,
      colour: line.colour,
    });
  }
  const left = plot.x + plot.width + 8;
  return spread([...groups.values()], plot.y - 2, plot.y + plot.height + 2).map(({ key, at, colour }) => (
    <g key={key} transform={`translate(${left} ${at.toFixed(1)})`}>
      <path d="M0 0h8" stroke={colour} strokeWidth="2.5" />
      <text className={styles.name} x={12} y={4}>
        {key}
      </text>
    </g>
  ));
}
