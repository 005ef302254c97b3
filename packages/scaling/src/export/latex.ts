import type { Analysis } from '../analyse.ts';

/** One line of the table. */
export interface TableEntry {
  /** As the table should name it. */
  readonly model: string;
  /** Trainable numbers of the model; null where not known. */
  readonly parameters: number | null;
  readonly analysis: Analysis;
}

/**
 * A table like the paper's Table 1 (model, parameters, beta, R^2), with the interval of beta, the number of device
 * counts and n_half beside it. Series without an exponent (fewer than three counts) get dashes. Needs the package
 * booktabs.
 */
export function latexTable(entries: readonly TableEntry[], caption = 'Power law exponents'): string {
  const lines = entries.map(({ model, parameters, analysis }) => {
    const power = analysis.laws.find(({ fit }) => fit.law.name === 'power')?.fit;
    const beta = power?.estimates.find((estimate) => estimate.symbol === 'beta');
    const half = analysis.inflection?.half;
    const cells = [
      escaped(model),
      parameters === null ? '--' : scientific(parameters),
      beta ? `$${beta.value.toFixed(2)}$` : '--',
      beta?.interval ? `$[${beta.interval.low.toFixed(2)}, ${beta.interval.high.toFixed(2)}]$` : '--',
      power?.r2 == null ? '--' : `$${power.r2.toFixed(2)}$`,
      half && Number.isFinite(half.devices) ? `$${Number(half.devices.toPrecision(2))}$` : '--',
      `${analysis.curve.length}`,
    ];
    return `  ${cells.join(' & ')} \\\\`;
  });
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escaped(caption)}: $t = \\alpha n^{-\\beta}$, seconds per epoch $t$ on $n$ devices; least squares in $\\ln t$, intervals at 95\\,\\% by Student's $t$, $R^2$ of the logarithms. At $n_{1/2}$ devices half of an epoch is fixed cost.}`,
    '  \\begin{tabular}{lrrrrrr}',
    '  \\toprule',
    '  Model & Parameters & $\\beta$ & 95\\,\\% interval & $R^2$ & $n_{1/2}$ & Counts \\\\',
    '  \\midrule',
    ...lines,
    '  \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function scientific(value: number): string {
  if (value < 1000) return `$${value}$`;
  const [mantissa, exponent] = value.toExponential(1).split('e+');
  return `$${mantissa} \\times 10^{${exponent}}$`;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

/** Every character TeX would act on, as itself. */
export function escaped(text: string): string {
  return text.replace(/[\\~^&%$#_{}]/g, (character) => escapes[character] ?? `\\${character}`);
}
