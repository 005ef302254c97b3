import type { LossAnalysis } from '../loss/analyse.ts';
import { csvCell } from './csv.ts';
import { finite, type Json, lawJson } from './json.ts';
import { escaped } from './latex.ts';

/** What the errors of one series say, as a result line and an export carry it. */
export function lossJson(analysis: LossAnalysis): { readonly [key: string]: Json } {
  const { axis, series, devices, globalBatch, points, laws, omitted, prediction } = analysis;
  return {
    axis,
    series,
    devices,
    globalBatch,
    points: points.map(({ run, size, loss, repeat, epochs, finished, setting }) => ({
      ...{ run, size, loss, repeat, epochs, finished },
      ...(setting && { setting }),
    })),
    laws: laws.map(lawJson),
    omitted: omitted.map(({ law, reason }) => ({ name: law.name, reason })),
    prediction: prediction ? prediction.basis : null,
    sentences: analysis.sentences,
    warnings: analysis.warnings,
  };
}

/** A LaTeX table of the exponents of errors. Needs the package booktabs. @param unit - of the target */
export function lossTable(analyses: readonly LossAnalysis[], unit: string): string {
  const cell = (analysis: LossAnalysis, symbol: string, digits: (value: number) => string) => {
    const best = [...analysis.laws].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0];
    const found = best?.fit.estimates.find((estimate) => estimate.symbol === symbol);
    if (!found) return '--';
    const { value, interval } = found;
    const range =
      interval && finite(interval.high) !== null
        ? `\\;[${digits(interval.low)}, ${digits(interval.high)}]`
        : '';
    return `$${digits(value)}${range}$`;
  };
  const lines = analyses.map((one) =>
    [
      escaped(one.series),
      one.axis,
      `${one.devices}`,
      cell(one, 'alpha', (value) => value.toFixed(2)),
      cell(one, 'L0', (value) => `${Number(value.toPrecision(3))}`),
      `${one.curve.length}`,
    ].join(' & '),
  );
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{Validation error $L = L_0 + A D^{-\\alpha}$ against the size $D$: least squares in $\\ln L$, intervals at 95\\,\\% by Student's $t$. Without $L_0$ where too few sizes are measured to tell it from none, or where the fit prefers none${unit ? `; $L_0$ in ${escaped(unit)}` : ''}.}`,
    '  \\begin{tabular}{llrrrr}',
    '  \\toprule',
    '  Series & $D$ & Devices & $\\alpha$, 95\\,\\% & $L_0$, 95\\,\\% & Sizes \\\\',
    '  \\midrule',
    ...lines.map((line) => `  ${line} \\\\`),
    '  \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** The points of analyses as CSV: a row a run. @param unit - of the error, named in its column */
export function lossCsv(analyses: readonly LossAnalysis[], unit: string): string {
  const rows = analyses.flatMap(({ axis, series, points }) =>
    points.map((point) => [
      ...[series, point.run, axis, point.size, point.setting, point.devices, point.globalBatch],
      ...[point.repeat, point.epochs, point.finished, point.loss, unit],
    ]),
  );
  const header =
    'series,run,against,size,setting,devices,global_batch,repeat,epochs,finished,best_validation_mae,unit';
  return `${[header, ...rows.map((row) => row.map(csvCell).join(','))].join('\n')}\n`;
}
