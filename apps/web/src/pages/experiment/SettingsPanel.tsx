import { useMemo } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { Scrolled } from '../../parts/Scrolled.tsx';
import { counted, integer, significant } from '../../words/format.ts';
import type { PanelProps } from '../Experiment.tsx';
import styles from './Experiment.module.css';
import { rankedSettings } from './ranked-settings.ts';
import { useTargetUnit } from './useTargetUnit.ts';

/** So many of the fastest are listed: the rest is no candidate. */
const most = 10;

/** Which of several settings learns fastest, before any has finished. */
export function SettingsPanel({ data }: Pick<PanelProps, 'data'>) {
  const ranked = useMemo(() => rankedSettings(data), [data]);
  const unit = useTargetUnit(data);
  const [first] = ranked;
  if (!first) return null;
  return (
    <Panel title={`Settings, ranked after ${counted(first.speed.epochs, 'epoch')}`}>
      <Scrolled label="Settings by training speed" className={styles.lawFrame}>
        <table className={styles.lawTable}>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Devices, global batch</th>
              <th
                scope="col"
                title="TSE-EMA: sum of the training losses, each epoch weighing 0.9 of the next"
              >
                Faded loss sum
              </th>
              <th scope="col" title="TSE: sum of the training losses">
                Loss sum
              </th>
              <th scope="col">Best MAE{unit && `, ${unit}`}</th>
            </tr>
          </thead>
          <tbody>
            {ranked.slice(0, most).map(({ row, speed }) => (
              <tr key={row.run.view.id}>
                <th scope="row">
                  <span className={styles.lawName}>{row.model}</span>
                </th>
                <td>
                  {counted(row.devices, 'device')}, {integer(row.globalBatch)}
                </td>
                <td>{significant(speed.faded)}</td>
                <td>{significant(speed.sum)}</td>
                <td>{row.bestMae === null ? '–' : significant(row.bestMae)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      <p className={styles.quiet}>
        Less is better. What learns faster early tends to end better (Ru et al. 2021)
        {data.spec.dataset.limits &&
          '; runs on the most molecules alone are ranked, since fewer train for fewer steps'}
        {ranked.length > most && `; the first ${most} of ${counted(ranked.length, 'run')} are shown`}.
      </p>
    </Panel>
  );
}
