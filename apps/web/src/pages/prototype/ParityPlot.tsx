import { memo, type PointerEvent } from 'react';
import { useWidth } from '../../charts/useWidth.ts';
import type { Score } from '../../prototype/messages.ts';
import { significant } from '../../words/format.ts';
import styles from './Results.module.css';
import { roomyRange, ticksBetween } from './ticks.ts';

interface ParityPlotProps {
  readonly score: Score;
  readonly unit: string;
  /** Place of the molecule that is shown. */
  readonly shown: number | undefined;
  readonly choose: (place: number) => void;
}

const margin = { left: 46, top: 8, right: 10, bottom: 38 };

/** Predicted against true, a dot a molecule of the validation part; a press shows the nearest one. */
export const ParityPlot = memo(function ParityPlot({ score, unit, shown, choose }: ParityPlotProps) {
  const [frame, width] = useWidth();
  const { truth, predicted, mae } = score;
  const height = Math.min(Math.max(width * 0.86, 230), 330);
  const across = Math.max(1, width - margin.left - margin.right);
  const tall = height - margin.top - margin.bottom;
  const [low, high] = roomyRange(truth, 0.08);
  // Predictions far outside, as untrained models make them, stand at the edge.
  const clip = (value: number) => Math.min(high, Math.max(low, value));
  const x = (value: number) => margin.left + (across * (value - low)) / (high - low);
  const y = (value: number) => margin.top + tall * (1 - (clip(value) - low) / (high - low));
  const dots = Array.from(truth, (value, k) => `M${x(value).toFixed(1)} ${y(predicted[k]!).toFixed(1)}h0`);
  const outside = predicted.reduce((count, value) => count + Number(value < low || value > high), 0);

  const press = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    let [best, least] = [-1, 400];
    for (let k = 0; k < truth.length; k++) {
      const distance =
        (x(truth[k]!) - (event.clientX - box.left)) ** 2 +
        (y(predicted[k]!) - (event.clientY - box.top)) ** 2;
      if (distance < least) [best, least] = [k, distance];
    }
    if (best >= 0) choose(best);
  };
  return (
    <div ref={frame} className={styles.chart} style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          onPointerDown={press}
          role="img"
          aria-label={`Predicted against true for ${truth.length} validation molecules, mean absolute error ${mae === null ? 'not known' : `${significant(mae)} ${unit}`}`}
        >
          {ticksBetween(low, high, 5).map((tick) => (
            <g key={tick}>
              <path
                d={`M${margin.left} ${y(tick)}h${across}M${x(tick)} ${margin.top}v${tall}`}
                stroke="var(--grid)"
              />
              <text className={styles.tick} x={margin.left - 7} y={y(tick) + 4} textAnchor="end">
                {significant(tick)}
              </text>
              <text className={styles.tick} x={x(tick)} y={height - 22} textAnchor="middle">
                {significant(tick)}
              </text>
            </g>
          ))}
          <path d={`M${x(low)} ${y(low)}L${x(high)} ${y(high)}`} className={styles.diagonal} />
          <path d={dots.join('')} className={styles.dots} />
          {shown !== undefined && truth[shown] !== undefined && (
            <circle cx={x(truth[shown])} cy={y(predicted[shown]!)} r="6" className={styles.ring} />
          )}
          <text className={styles.tick} x={margin.left + across} y={height - 4} textAnchor="end">
            true, {unit}
          </text>
          <text className={styles.tick} x={margin.left} y={height - 4}>
            {outside > 0 ? `${outside} predicted outside, drawn at the edge` : ''}
          </text>
          <text className={styles.tick} x={margin.left + 6} y={margin.top + 10}>
            predicted, {unit}
          </text>
        </svg>
      )}
    </div>
  );
});
