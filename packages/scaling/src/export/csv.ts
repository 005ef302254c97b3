import type { ScalingRow } from '../curve.ts';

/** One column of the exported points: its header, with the unit, and its value. */
const columns: readonly (readonly [
  header: string,
  value: (row: ScalingRow) => string | number | boolean | null,
])[] = [
  ['series', (row) => row.series],
  ['run', (row) => row.run],
  ['protocol', (row) => row.protocol],
  ['devices', (row) => row.devices],
  ['repeat', (row) => row.repeat],
  ['seconds', (row) => row.seconds],
  ['spread_seconds', (row) => (row.epochSeconds.length > 1 ? row.spread : null)],
  ['epochs_counted', (row) => (row.epochSeconds.length > 0 ? row.epochSeconds.length : null)],
  ['warm_up_only', (row) => row.warmUpOnly],
  ['oversubscribed', (row) => row.oversubscribed],
  ['speedup', (row) => row.speedup],
  ['efficiency', (row) => row.efficiency],
  ['device_seconds', (row) => row.cost],
  ['steps', (row) => row.steps],
  ['global_batch', (row) => row.globalBatch],
  ['padding', (row) => row.padding],
  ['imbalance', (row) => row.imbalance],
];

/**
 * Points as CSV (RFC 4180 quoting, one line a run, unknown values empty). The columns `devices`, `seconds` and `repeat`
 * are those `litmatter fit` reads back.
 */
export function pointsCsv(rows: readonly ScalingRow[]): string {
  const lines = [
    columns.map(([header]) => header),
    ...rows.map((row) => columns.map(([, value]) => value(row))),
  ];
  return `${lines.map((cells) => cells.map(csvCell).join(',')).join('\n')}\n`;
}

/** Text that a spreadsheet would take for a formula is kept text by a leading apostrophe. */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
