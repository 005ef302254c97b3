import { describe, expect, test } from 'vitest';
import { analyse, latexTable, reconstructions } from '../../src/index.ts';
import { points } from '../times.ts';

describe('a table like the paper’s Table 1', () => {
  test('has model, parameters, beta with its interval, R² and n_half of each series', () => {
    const table = latexTable(
      reconstructions().map(({ model, points: sample }) => ({
        model: model.title,
        parameters: model.parameters,
        analysis: analyse(sample),
      })),
    );
    expect(table.split('\n').filter((line) => line.includes('&'))).toEqual([
      '  Model & Parameters & $\\beta$ & 95\\,\\% interval & $R^2$ & $n_{1/2}$ & Counts \\\\',
      '  DimeNet & $2.1 \\times 10^{6}$ & $0.73$ & $[0.64, 0.83]$ & $0.98$ & $150$ & 10 \\\\',
      '  NNConv & $6.2 \\times 10^{5}$ & $0.59$ & $[0.48, 0.70]$ & $0.95$ & $58$ & 10 \\\\',
      '  SchNet & $4.6 \\times 10^{5}$ & $0.42$ & $[0.30, 0.53]$ & $0.90$ & $21$ & 10 \\\\',
      '  PNA & $6.8 \\times 10^{5}$ & $0.22$ & $[0.12, 0.32]$ & $0.80$ & $5.8$ & 9 \\\\',
    ]);
  });

  test('has dashes where there is no exponent, and no character that TeX would act on', () => {
    const analysis = analyse(points((n) => 1 + 1 / n, [1, 2]));
    const table = latexTable([{ model: 'my_model {50%} & \\co ~^', parameters: null, analysis }]);
    expect(table).toContain(
      '  my\\_model \\{50\\%\\} \\& \\textbackslash{}co \\textasciitilde{}\\textasciicircum{} & -- & -- & -- & -- & -- & 2 \\\\',
    );
  });

  test('opens and closes what it opens', () => {
    const table = latexTable([]);
    expect(table.match(/\\begin/g)).toHaveLength(2);
    expect(table.match(/\\end/g)).toHaveLength(2);
    expect(table.match(/\{/g)?.length).toBe(table.match(/\}/g)?.length);
  });
});
