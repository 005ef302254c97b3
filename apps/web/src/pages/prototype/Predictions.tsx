import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { Panel } from '../../parts/Panel.tsx';
import { Table } from '../../parts/Table.tsx';
import { TextButton } from '../../parts/TextButton.tsx';
import { prototype } from '../../prototype/start.ts';
import { counted, integer, significant } from '../../words/format.ts';
import { save } from './Bridge.tsx';
import styles from './Results.module.css';
import type { Prototyping } from './usePrototype.ts';

/** Rows at first, and as many more at a press. */
const page = 50;

/** Molecules of one's own that have nothing to learn, and what the model says of them. */
export function Predictions({ page: { view, search, change } }: { readonly page: Prototyping }) {
  const { own, predictions, ready, pace } = view;
  const [rows, setRows] = useState(page);
  if (!own || !ready) return null;
  const { unit } = ready.target;
  const shown = search.by === 'own' ? (search.molecule ?? 0) : -1;
  const old = predictions && pace && pace.epoch > predictions.epoch + 1;
  const columns = [
    'Molecule',
    { label: 'Atoms', end: true },
    { label: `${ready.target.title}${unit && `, ${unit}`}`, end: true },
  ];
  return (
    <Panel
      title={`Predictions of ${own.title}`}
      tools={
        <span className={styles.predictTools}>
          <Button size="xs" variant="default" onClick={() => prototype.predict()}>
            {predictions ? 'Predict again' : 'Predict'}
          </Button>
          {predictions && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconDownload size={14} />}
              onClick={() => save(asCsv(predictions, ready.target.name, unit), 'predictions.csv')}
            >
              CSV
            </Button>
          )}
        </span>
      }
    >
      {!predictions ? (
        <p className={styles.none}>
          {counted(own.molecules ?? 0, 'molecule')} without a number to learn: the model predicts them.
        </p>
      ) : (
        <>
          <p className={styles.predictNote}>
            {counted(predictions.ids.length, 'molecule')}, by the model after{' '}
            {counted(predictions.epoch, 'epoch')}
            {old ? '; it has learned since' : ''}.
          </p>
          <Table label="Predictions" columns={columns} inset scrolls className={styles.rows}>
            <tbody>
              {predictions.ids.slice(0, rows).map((id, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: names need not differ, places do
                <tr key={k} aria-current={k === shown || undefined}>
                  <th scope="row">
                    <TextButton accent onClick={() => change({ by: 'own', molecule: k || undefined })}>
                      {id}
                    </TextButton>
                  </th>
                  <td data-end>{predictions.atoms[k]}</td>
                  <td data-end>{significant(predictions.predicted[k] ?? Number.NaN)}</td>
                </tr>
              ))}
            </tbody>
          </Table>
          {rows < predictions.ids.length && (
            <Button size="xs" variant="subtle" onClick={() => setRows(rows + page)}>
              {integer(predictions.ids.length - rows)} more
            </Button>
          )}
        </>
      )}
    </Panel>
  );
}

function asCsv(
  { ids, predicted }: { ids: readonly string[]; predicted: Float32Array },
  target: string,
  unit: string,
): string {
  const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = `id,${quoted(unit ? `${target} [${unit}]` : target)}\n`;
  return head + ids.map((id, k) => `${quoted(id)},${predicted[k]}\n`).join('');
}
