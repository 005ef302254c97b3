import { decimate } from '../../charts/decimate.ts';
import { linearTicks, logDomain, logTicks } from '../../charts/ticks.ts';
import { useWidth } from '../../charts/useWidth.ts';
import type { LossPoint } from '../../prototype/view.ts';
import { significant } from '../../words/format.ts';
import styles from './Results.module.css';

interface LossChartProps {
  readonly train: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
}

const height = 230;
const plot = { left: 44, top: 8, right: 78, bottom: 34 };

/** The loss as it falls, on a logarithmic axis: training by step, validation by score. */
export function LossChart({ train, validation }: LossChartProps) {
  const [frame, width] = useWidth();
  const shown = [...train, ...validation].filter(({ y }) => y > 0);
  const inner = Math.max(1, width - plot.left - plot.right);
  const tall = height - plot.top - plot.bottom;
  const [low, high] = logDomain(
    shown.map(({ y }) => y),
    0.04,
  );
  const reached = shown.reduce((most, { x }) => Math.max(most, x), 0);
  const xTicks = linearTicks(Math.max(reached, 1), Math.max(2, Math.floor(inner / 70)));
  const end = Math.max(reached, 1);
  const x = (value: number) => plot.left + (inner * value) / end;
  const y = (value: number) => plot.top + tall * (1 - Math.log(value / low) / Math.log(high / low));
  const path = (points: readonly LossPoint[]) => {
    const few = decimate(
      points.filter((point) => point.y > 0),
      Math.max(20, Math.floor(inner / 2)),
    );
    return few.length > 1
      ? `M${few.map((point) => `${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`).join('L')}`
      : '';
  };
  const last = { train: recent(train), validation: validation.at(-1)?.y };
  const names = placed([
    { name: 'train', at: last.train, colour: 'var(--series-1)' },
    { name: 'validation', at: last.validation, colour: 'var(--series-2)' },
  ]);
  function placed(all: { name: string; at: number | undefined; colour: string }[]) {
    const there = all.flatMap((one) => (one.at ? [{ ...one, top: y(one.at) }] : []));
    const [a, b] = there;
    if (a && b && Math.abs(a.top - b.top) < 14) {
      const middle = (a.top + b.top) / 2;
      const up = a.top <= b.top ? 1 : -1;
      a.top = middle - 7 * up;
      b.top = middle + 7 * up;
    }
    return there;
  }
  return (
    <div ref={frame} className={styles.chart} style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Loss by epoch: training ${last.train === undefined ? 'not begun' : significant(last.train)}, validation ${last.validation === undefined ? 'not scored' : significant(last.validation)}`}
        >
          {logTicks(low, high, 5).map((tick) => (
            <g key={tick}>
              <path d={`M${plot.left} ${y(tick)}h${inner}`} stroke="var(--grid)" />
              <text className={styles.tick} x={plot.left - 7} y={y(tick) + 4} textAnchor="end">
                {significant(tick, 2)}
              </text>
            </g>
          ))}
          <path d={`M${plot.left} ${plot.top + tall}h${inner}`} stroke="var(--line-strong)" />
          {xTicks
            .filter((tick) => tick <= end)
            .map((tick) => (
              <text key={tick} className={styles.tick} x={x(tick)} y={height - 18} textAnchor="middle">
                {significant(tick)}
              </text>
            ))}
          <text className={styles.tick} x={plot.left + inner} y={height - 3} textAnchor="end">
            epoch
          </text>
          <path d={path(train)} className={styles.trainLine} />
          <path d={path(validation)} className={styles.validationLine} />
          {validation.length < 60 &&
            validation
              .filter((point) => point.y > 0)
              .map((point) => (
                <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r="2.4" fill="var(--series-2)" />
              ))}
          {names.map(({ name, top, colour }) => (
            <g key={name} transform={`translate(${plot.left + inner + 6} ${top.toFixed(1)})`}>
              <path d="M0 0h8" stroke={colour} strokeWidth="2.5" />
              <text className={styles.lineName} x={12} y={4}>
                {name}
              </text>
            </g>
          ))}
        </svg>
      )}
    </div>
  );
}

/** Mean of the last steps: a single one jumps about. */
export function recent(train: readonly LossPoint[]): number | undefined {
  const last = train.slice(-10);
  return last.length > 0 ? last.reduce((sum, { y }) => sum + y, 0) / last.length : undefined;
}
