import { Panel } from '../../parts/Panel.tsx';
import { Table } from '../../parts/Table.tsx';
import { seconds } from '../../words/format.ts';
import type { PaperSeries } from '../experiment/named.ts';
import styles from './Demo.module.css';

const columns = [
  'Model',
  'The paper’s words',
  { label: 'Fixed + each step', end: true },
  { label: 'β printed, here', end: true, title: 'Table 1, and fitted to the points here' },
];

/** What the paper says of each model, what was assumed to read it, and what comes out of it. */
export function ReadingTable({ series }: { readonly series: readonly PaperSeries[] }) {
  return (
    <Panel title="How the paper was read">
      <Table label="Readings of the paper" columns={columns} inset className={styles.table}>
        <tbody>
          {series.map(({ reconstruction: { model, reading, fixedSeconds, stepSeconds }, analysis }) => (
            <tr key={model.name}>
              <th scope="row">
                <span className={styles.model}>{model.title}</span>
              </th>
              <td>
                {reading.first.words}; {reading.last.words}
                <span className={styles.words}>{reading.assumption}</span>
              </td>
              <td data-end>
                {seconds(fixedSeconds)} + {seconds(stepSeconds)}
              </td>
              <td data-end>
                {model.beta.toFixed(2)},{' '}
                {analysis.laws
                  .find(({ fit }) => fit.law.name === 'power')
                  ?.fit.value('beta')
                  .toFixed(2)}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
