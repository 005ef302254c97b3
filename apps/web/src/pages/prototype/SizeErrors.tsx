import { memo } from 'react';
import type { Score } from '../../prototype/messages.ts';
import { significant } from '../../words/format.ts';
import styles from './Results.module.css';
import { errorsBySize } from './ticks.ts';

interface SizeErrorsProps {
  readonly score: Score;
  readonly unit: string;
}

/** Mean absolute error of the validation molecules by their number of atoms, hydrogens included. */
export const SizeErrors = memo(function SizeErrors({ score, unit }: SizeErrorsProps) {
  const bins = errorsBySize(score);
  const most = Math.max(...bins.map(({ mae }) => mae));
  return (
    <table className={styles.sizes}>
      <thead>
        <tr>
          <th scope="col">Atoms</th>
          <th scope="col">Mean absolute error, {unit}</th>
          <th scope="col">Molecules</th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ from, to, count, mae }) => (
          <tr key={from}>
            <th scope="row">{from === to ? from : `${from}–${to}`}</th>
            <td>
              <span className={styles.bar} style={{ width: `${(72 * mae) / most}%` }} />
              {significant(mae)}
            </td>
            <td>{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
