import { analyseLoss } from '@litmatter/scaling';
import { describe, expect, test } from 'vitest';
import { exportText, lossText } from '../../../src/pages/experiment/exports.ts';
import { namedPaper, paperSeries } from '../../../src/pages/experiment/named.ts';
import { runViews } from '../../samples.ts';

const startedFacts = {
  ranks: [],
  collective: 'single' as const,
  parameters: 1_000,
  trainSamples: 400,
  validationSamples: 50,
  stepsPerEpoch: 10,
  oversubscribed: false,
};

const what = {
  named: namedPaper(paperSeries(['schnet', 'pna']), 0),
  quantity: 'time',
  title: 'The paper',
  parametersOf: () => 460_000,
} as const;

describe('an exported file', () => {
  test('of the chart names every series, the unit and where reconstructed times come from', () => {
    const svg = exportText('svg', what);
    expect(svg).toContain('SchNet, paper');
    expect(svg).toContain('seconds per epoch');
    expect(svg).toContain('reconstructed from the');
  });

  test('of the points has a row a point under the names of the chart', () => {
    const rows = exportText('csv', what).trim().split('\n');
    expect(rows).toHaveLength(1 + 10 + 9);
    expect(rows[1]).toMatch(/^"SchNet, paper",/);
  });

  test('of the laws says that nothing was measured', () => {
    const [first] = JSON.parse(exportText('json', what));
    expect(first.origin).toBe('reconstructed from the paper’s endpoints');
    expect(first.laws.find((law: { name: string }) => law.name === 'power').beta).toBeCloseTo(0.42, 2);
  });

  test('for LaTeX is a table with parameters, exponent and R²', () => {
    expect(exportText('tex', what)).toMatch(/SchNet, paper & \$4\.6 \\times 10\^\{5\}\$ & \$0\.42\$/);
  });
});

describe('an exported file of errors', () => {
  const runs = [400, 800, 1_600].map((trainSamples, k) => {
    const [view] = runViews((index) => ({ id: `r${index}.${k}`, state: 'succeeded' as const }));
    const started = { ...startedFacts, trainSamples };
    return { view: { ...view!, started }, epochs: [{ validationMae: 1 / (k + 1) }] };
  });
  const analyses = analyseLoss(runs, 'molecules');
  const of = { analyses, title: 'Errors', unit: 'D' };

  test('carries unit, sizes and exponent in every kind', () => {
    expect(lossText('svg', of)).toContain('best validation MAE, D');
    expect(lossText('csv', of).trim().split('\n')).toHaveLength(4);
    expect(lossText('csv', of)).toContain(',molecules,1600,');
    expect(JSON.parse(lossText('json', of))[0].laws[0].alpha).toBeCloseTo(0.79, 1);
    expect(lossText('tex', of)).toMatch(/schnet small & molecules & 1 & \$0\.\d\d/);
  });
});
