import { integer, significant } from '../../words/format.ts';
import styles from './Data.module.css';
import type { Column } from './statistics.ts';

const [width, height] = [132, 30];

/** How a target's values are spread, small enough for a line of a table. */
export function Histogram({ column, unit }: { readonly column: Column; readonly unit: string }) {
  const { counts, edges, beyond } = column;
  const most = Math.max(...counts);
  const step = width / counts.length;
  const outside = beyond > 0 ? `, ${integer(beyond)} beyond` : '';
  const words = `Spread from ${significant(edges[0])} to ${significant(edges[1])} ${unit}${outside}`;
  // All bars in one path: a page of twenty targets stays light.
  const bars = counts
    .map((count, i) => {
      const tall = (count / most) * (height - 1);
      const wide = step - 0.75;
      return `M${round(i * step)} ${height}v${round(-tall)}h${round(wide)}v${round(tall)}z`;
    })
    .join('');
  return (
    <svg className={styles.histogram} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words}>
      <title>{words}</title>
      <path d={bars} />
      <path className={styles.axis} d={`M0 ${height - 0.5}h${width}`} />
    </svg>
  );
}

const round = (value: number) => Math.round(100 * value) / 100;
