import type { Estimate } from '@litmatter/scaling';
import type { ReactNode } from 'react';
import { markPath, seriesColour } from '../../charts/series.ts';
import { significant } from '../../words/format.ts';
import styles from './Experiment.module.css';

interface OneReadingProps {
  /** The series' name, where there are several. */
  readonly title: string | undefined;
  /** Its mark and colour on the chart. */
  readonly style: number;
  readonly children: ReactNode;
}

/** What one series says in words, beside the chart. */
export function OneReading({ title, style, children }: OneReadingProps) {
  return (
    <section className={styles.reading}>
      {title !== undefined && (
        <h3>
          <svg width="12" height="12" viewBox="-7 -7 14 14" aria-hidden="true">
            <path d={markPath(style, 5)} fill={seriesColour(style)} />
          </svg>
          {title}
        </h3>
      )}
      {children}
    </section>
  );
}

interface ExponentProps {
  /** "β" */
  readonly symbol: string;
  readonly estimate: Pick<Estimate, 'value' | 'interval'>;
}

/** A law's exponent, large, with its interval. */
export function Exponent({ symbol, estimate: { value, interval } }: ExponentProps) {
  return (
    <p className={styles.exponent}>
      {symbol} = {value.toFixed(2).replace('-', '−')}
      {interval && (
        <span>
          95 % interval {significant(interval.low, 2)} to {significant(interval.high, 2)}
        </span>
      )}
    </p>
  );
}
