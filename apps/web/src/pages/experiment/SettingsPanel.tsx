import { useMemo } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { None, Table } from '../../parts/Table.tsx';
import { counted, inColumn, integer } from '../../words/format.ts';
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
  const columns = [
    'Setting',
    'Devices, global batch',
    {
      label: 'Faded loss sum',
      end: true,
      title: 'TSE-EMA: sum of the training losses, each epoch weighing 0.9 of the next',
    },
    { label: 'Loss sum', end: true, title: 'TSE: sum of the training losses' },
    { label: `Best MAE${unit && `, ${unit}`}`, end: true },
  ];
  return (
    <Panel title={`Settings, ranked after ${counted(first.speed.epochs, 'epoch')}`}>
      <Table label="Settings by training speed" columns={columns} inset>
        <tbody>
          {ranked.slice(0, most).map(({ row, speed }) => (
            <tr key={row.run.view.id}>
              <th scope="row">
                <span className={styles.lawName}>{row.model}</span>
              </th>
              <td>
                {counted(row.devices, 'device')}, {integer(row.globalBatch)}
              </td>
              <td data-end>{inColumn(speed.faded)}</td>
              <td data-end>{inColumn(speed.sum)}</td>
              <td data-end>{row.bestMae === null ? <None /> : inColumn(row.bestMae)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <p className={styles.quiet}>
        Less is better. What learns faster early tends to end better (Ru et al. 2021)
        {data.spec.dataset.limits &&
          '; runs on the most molecules alone are ranked, since fewer train for fewer steps'}
        {ranked.length > most && `; the first ${most} of ${counted(ranked.length, 'run')} are shown`}.
      </p>
    </Panel>
  );
}
