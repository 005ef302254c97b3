import styles from './Chart.module.css';
import { markPath, seriesColour } from './series.ts';

interface TipProps {
  readonly title: string;
  readonly lines: readonly string[];
  readonly style?: number;
  readonly colour?: string;
  /** Pixels in the chart's frame. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** What a point is, beside it, on whichever side has room. */
export function Tip({ title, lines, style, colour, x, y, width }: TipProps) {
  const right = x < width / 2;
  return (
    <div
      className={styles.tip}
      style={{ top: y, ...(right ? { left: x + 14 } : { right: width - x + 14 }) }}
      role="presentation"
    >
      <strong>
        <svg width="12" height="12" viewBox="-7 -7 14 14" aria-hidden="true">
          <path d={markPath(style ?? 0, 5)} fill={colour ?? seriesColour(style ?? 0)} />
        </svg>
        {title}
      </strong>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}
