import { Panel } from '../../parts/Panel.tsx';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { seconds } from '../../words/format.ts';
import experimentStyles from '../experiment/Experiment.module.css';
import type { PaperSeries } from '../experiment/named.ts';
import styles from './Demo.module.css';

/** What the paper says of each model, what was assumed to read it, and what comes out of it. */
export function ReadingTable({ series }: { readonly series: readonly PaperSeries[] }) {
  return (
    <Panel title="How the paper was read">
      <Scrolled label="Readings of the paper" className={experimentStyles.lawFrame}>
        <table className={experimentStyles.lawTable}>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">The paper’s words</th>
              <th scope="col">Fixed + each step</th>
              <th scope="col" title="Table 1, and fitted to the points here">
                β printed, here
              </th>
            </tr>
          </thead>
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
                <td>
                  {seconds(fixedSeconds)} + {seconds(stepSeconds)}
                </td>
                <td>
                  {model.beta.toFixed(2)},{' '}
                  {analysis.laws
                    .find(({ fit }) => fit.law.name === 'power')
                    ?.fit.value('beta')
                    .toFixed(2)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </Panel>
  );
}
