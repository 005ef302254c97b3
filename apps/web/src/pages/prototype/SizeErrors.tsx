import { memo } from 'react';
import { Table } from '../../parts/Table.tsx';
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
  const columns = ['Atoms', `Mean absolute error${unit && `, ${unit}`}`, { label: 'Molecules', end: true }];
  return (
    <Table label="Error by size" columns={columns} inset className={styles.sizes}>
      <tbody>
        {bins.map(({ from, to, count, mae }) => (
          <tr key={from}>
            <th scope="row">{from === to ? from : `${from}–${to}`}</th>
            <td>
              <span className={styles.bar} style={{ width: `${(72 * mae) / most}%` }} />
              {significant(mae)}
            </td>
            <td data-end>{count}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
});
