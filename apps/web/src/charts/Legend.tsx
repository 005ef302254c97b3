import styles from './Chart.module.css';
import { type ChartPoint, type ChartSeries, markPath, seriesColour } from './series.ts';

/** What marks of the same look stand for on this chart. */
export interface LegendWords {
  readonly band: string;
  readonly line: string;
  readonly hollow: string;
}

const usual: LegendWords = {
  band: 'power law with its 95 % band',
  line: 'power law, its band too wide to draw',
  hollow: 'oversubscribed: more ranks than cores',
};

/** What the marks mean: names where lines carry none, and a note on every kind of mark that is on the chart. */
export function Legend({
  series,
  named,
  words: told = usual,
}: {
  readonly series: readonly ChartSeries[];
  readonly named: boolean;
  readonly words?: LegendWords;
}) {
  const points = series.flatMap((one) => one.points);
  const notes = [
    points.some((point) => point.high > point.low) && {
      mark: 'bar',
      words: `median ± MAD of the epochs after the first${samplesBehind(points)}`,
    },
    series.some((one) => one.line?.band && !one.forecast) && {
      mark: 'band',
      words: told.band,
    },
    series.some((one) => one.line && !one.line.band) && {
      mark: 'line',
      words: told.line,
    },
    series.some((one) => one.forecast) && { mark: 'band', words: 'forecast, not measured' },
    points.some((point) => point.hollow) && {
      mark: 'hollow',
      words: told.hollow,
    },
    points.some((point) => point.faint) && { mark: 'faint', words: 'warm-up epoch only' },
    series.length === 1 &&
      series[0]?.half !== undefined && { mark: 'half', words: 'n_half: half of the epoch is fixed cost' },
    series.some((one) => one.ideal) && { mark: 'ideal', words: 'ideal: each device takes its full share' },
  ].filter((note) => note !== false);
  return (
    <ul className={styles.legend}>
      {!named &&
        series.map((one) => (
          <li key={one.key}>
            <svg width="14" height="12" viewBox="-7 -6 14 12" aria-hidden="true">
              <path d={markPath(one.style, 4.5)} fill={seriesColour(one.style)} />
            </svg>
            <span className={styles.legendName}>{one.label}</span>
          </li>
        ))}
      {notes.map(({ mark, words }) => (
        <li key={words}>
          <NoteMark mark={mark} />
          {words}
        </li>
      ))}
    </ul>
  );
}

/** ", N = 2 to 4": how many epochs the error bars stand for. */
function samplesBehind(points: readonly ChartPoint[]): string {
  const counts = points.flatMap(({ high, low, n }) => (high > low && n !== undefined ? [n] : []));
  if (counts.length === 0) return '';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `, N = ${least === most ? most : `${least} to ${most}`}`;
}

function NoteMark({ mark }: { readonly mark: string }) {
  return (
    <svg width="18" height="12" viewBox="0 0 18 12" aria-hidden="true" fill="none" stroke="currentcolor">
      {mark === 'bar' && <path d="M9 1V11M6 1H12M6 11H12" strokeWidth="1.3" />}
      {mark === 'band' && (
        <>
          <path d="M1 1 17 7v4L1 5Z" fill="currentcolor" fillOpacity="0.22" stroke="none" />
          <path d="M1 3 17 9" strokeWidth="1.6" />
        </>
      )}
      {mark === 'line' && <path d="M1 3 17 9" strokeWidth="1.6" />}
      {mark === 'half' && <path d="M9 0V12" strokeWidth="1.5" />}
      {mark === 'hollow' && <circle cx="9" cy="6" r="4" strokeWidth="1.6" />}
      {mark === 'faint' && (
        <circle cx="9" cy="6" r="4" fill="currentcolor" fillOpacity="0.35" stroke="none" />
      )}
      {mark === 'ideal' && <path d="M1 3 17 9" strokeDasharray="3 3" strokeWidth="1.3" />}
    </svg>
  );
}
