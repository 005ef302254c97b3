import { describe, expect, test } from 'vitest';
import { lossJson, lossTable } from '../../src/export/loss.ts';
import { figureSvg, lossFigure } from '../../src/figure/index.ts';
import { analyseLoss } from '../../src/loss/analyse.ts';
import { noisy } from '../times.ts';
import { lossRun } from './runs.ts';

const sizes = Array.from({ length: 8 }, (_, k) => 500 * 2 ** k);
const error = noisy((size) => 0.03 + 6 * size ** -0.4, 0.01, 4);
const runs = (list = sizes, part: object = {}) =>
  list.map((molecules, k) =>
    lossRun(`r${k}`, { molecules, loss: error(molecules), used: molecules, ...part }),
  );

describe('an analysis of errors', () => {
  test('weighs a floor against none, and foretells the next size with a band', () => {
    const [analysis] = analyseLoss(runs(), 'molecules');
    const floor = analysis.laws.find(({ fit }) => fit.law.name === 'loss-offset-power')!;
    expect(floor.weight).toBeGreaterThan(0.9);
    expect(floor.fit.value('alpha')).toBeCloseTo(0.4, 1);
    expect(analysis.sentences.at(-1)).toMatch(/^At 128,000 training molecules, 2 times the most measured/);
    expect(lossJson(analysis)).toMatchObject({ axis: 'molecules', devices: 1, globalBatch: 32 });
  });

  test('with fewer than three sizes has no exponent, with fewer than six no floor, and says so', () => {
    const [two] = analyseLoss(runs([500, 1_000]), 'molecules');
    expect(two.laws).toEqual([]);
    expect(two.warnings[0]).toMatch(/at least 3/);
    const [four] = analyseLoss(runs(sizes.slice(0, 4)), 'molecules');
    expect(four.laws.map(({ fit, weight }) => [fit.law.name, weight])).toEqual([['loss-power', null]]);
    expect(four.warnings[0]).toMatch(/no law can be preferred/);
    const [five] = analyseLoss(runs(sizes.slice(0, 5)), 'molecules');
    expect(five.warnings[0]).toMatch(/floor cannot be told/);
    expect(analyseLoss(runs([500]), 'molecules')).toEqual([]);
  });

  test('never mixes device counts, whose global batches differ, and says why', () => {
    const both = [...runs(), ...runs(sizes, { devices: 4 })];
    const analyses = analyseLoss(both, 'molecules');
    expect(analyses.map(({ devices, globalBatch, points }) => [devices, globalBatch, points.length])).toEqual(
      [
        [1, 32, 8],
        [4, 128, 8],
      ],
    );
    for (const { warnings } of analyses) expect(warnings.join(' ')).toMatch(/They are not mixed/);
    expect(analyseLoss(runs(), 'molecules')[0].warnings.join(' ')).not.toMatch(/not mixed/);
  });

  test('says that fewer molecules took fewer steps, and which errors were still falling', () => {
    const all = runs().map((run) => ({ ...run, epochs: run.epochs.slice(0, 2) }));
    const [analysis] = analyseLoss(all, 'molecules');
    expect(analysis.warnings.join(' ')).toMatch(/fewer steps/);
    expect(analysis.warnings.join(' ')).toMatch(/best at their last epoch/);
  });

  test('is drawn and printed with its unit', async () => {
    const analyses = analyseLoss(runs(), 'molecules');
    const svg = figureSvg(lossFigure('Error against molecules', analyses, 'molecules', 'D'));
    expect(svg).toContain('best validation MAE, D');
    await expect(svg).toMatchFileSnapshot('../figure/snapshots/loss-molecules.svg');
    const table = lossTable(analyses, 'kcal/mol & more');
    expect(table).toContain('kcal/mol \\& more');
    expect(table).toMatch(/schnet small & molecules & 1 & \$0\.4\d\\;\[/);
  });

  test('of widths takes parameters for the size', () => {
    const widths = [16, 32, 64].map((hiddenChannels, k) =>
      lossRun(`w${k}`, { loss: 1 / (k + 1), parameters: 1_000 * 4 ** k, options: { hiddenChannels } }),
    );
    const [analysis] = analyseLoss(widths, 'parameters');
    expect(analysis.curve.map((point) => point.devices)).toEqual([1_000, 4_000, 16_000]);
    expect(analyseLoss(widths, 'molecules')).toEqual([]);
  });
});
