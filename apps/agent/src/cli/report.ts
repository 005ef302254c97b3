import type { Analysis, LossAnalysis, lossAxes } from '@litmatter/scaling';
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
export function printResult({ experiment, runs, analyses, lossAnalyses }: ExperimentResult): void {
  const sizes = new Set(runs.map((run) => run.trainSamples)).size > 1;
  const widths = new Set(runs.map((run) => JSON.stringify([run.model, run.preset, run.options]))).size > 1;
  const unit = experiment.targetUnit ? `, ${experiment.targetUnit}` : '';
  const or = <T>(value: T | null, text: (value: T) => string) => (value === null ? '-' : text(value));
  printTable(
    [
      'model',
      ...(widths ? ['options', 'parameters'] : []),
      ...(sizes ? ['molecules'] : []),
      'devices',
      'state',
      'epochs',
      's/epoch',
      'spread',
      'steps',
      'batch',
      'loss',
      `val. MAE${unit}`,
      `test MAE${unit}`,
    ],
    runs.map((run) => [
      `${run.model} ${run.preset}`,
      ...(widths ? [optionsText(run.options), or(run.parameters, String)] : []),
      ...(sizes ? [or(run.trainSamples, String)] : []),
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
  // A grid of sizes on one device count is not about devices.
  const aboutDevices = lossAnalyses.length === 0 || analyses.some(({ curve }) => curve.length > 1);
  if (aboutDevices) for (const analysis of analyses) printAnalysis(analysis, analyses.length > 1);
  for (const analysis of lossAnalyses) printLoss(analysis, experiment.targetUnit ?? '');
}

function optionsText(options: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return words.length === 0 ? '-' : words.join(', ');
}

const against: Readonly<Record<(typeof lossAxes)[number], string>> = {
  molecules: 'training molecules',
  parameters: 'parameters',
};

/** What a series' errors say against a size, and what to know before believing it. */
function printLoss({ axis, series, devices, points, sentences, warnings }: LossAnalysis, unit: string): void {
  const on = devices === 1 ? '1 device' : `${devices} devices`;
  const list = points.map(({ size, loss }) => `${size}: ${mae(loss)}`).join(', ');
  const lines = [
    '',
    `Validation MAE${unit && `, ${unit},`} against ${against[axis]}, ${series}, ${on}: ${list}`,
    ...sentences,
    ...warnings.map((warning) => `Note: ${warning}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
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
