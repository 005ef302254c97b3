import type { Analysis } from '@litmatter/scaling';
import Table from 'cli-table3';
import type { ExperimentResult } from '../result.ts';
import { mae, secondsText } from './words.ts';

/** Tables on stdout without colours or frames: they are read by people and pasted into files. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: [...head],
    chars: Object.fromEntries(
      ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
        .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
        .map((place) => [place, ''])
        .concat([['middle', '  ']]),
    ),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The runs of an experiment, and what their times say. */
export function printResult({ runs, analyses }: ExperimentResult): void {
  const or = <T>(value: T | null, text: (value: T) => string) => (value === null ? '-' : text(value));
  printTable(
    [
      'model',
      'devices',
      'state',
      'epochs',
      's/epoch',
      'spread',
      'steps',
      'batch',
      'loss',
      'val. MAE',
      'test MAE',
    ],
    runs.map((run) => [
      `${run.model} ${run.preset}`,
      `${run.devices}${run.oversubscribed ? ' (shared)' : ''}`,
      run.state,
      String(run.epochs),
      or(run.seconds, secondsText),
      or(run.spread, secondsText),
      or(run.steps, String),
      String(run.globalBatch),
      run.firstTrainLoss === null || run.trainLoss === null
        ? '-'
        : `${run.firstTrainLoss.toPrecision(3)} -> ${run.trainLoss.toPrecision(3)}`,
      or(run.validationMae, mae),
      or(run.testMae, mae),
    ]),
  );
  for (const analysis of analyses) printAnalysis(analysis, analyses.length > 1);
}

/** A series' laws in words, each with how well it fits, and what to know before believing them. */
export function printAnalysis(analysis: Analysis, named: boolean): void {
  const lines: string[] = named ? ['', `${analysis.series}:`] : [''];
  for (const { fit, weight } of analysis.laws) {
    const share = weight === null ? '' : `, weight ${(100 * weight).toFixed(0)} %`;
    lines.push(`${fit.law.title} (${fit.law.formula}${share})`);
    for (const sentence of fit.describe()) lines.push(`  ${sentence}`);
  }
  for (const sentence of analysis.inflection?.sentences ?? []) lines.push(sentence);
  for (const { says, action } of analysis.mechanism) lines.push(`${says} ${action}`);
  for (const warning of analysis.warnings) lines.push(`Note: ${warning.message}`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
