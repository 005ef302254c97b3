import { describe, expect, test } from 'vitest';
import { exportText } from '../../../src/pages/experiment/exports.ts';
import { namedPaper, paperSeries } from '../../../src/pages/experiment/named.ts';

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
