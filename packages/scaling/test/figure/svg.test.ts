import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Figure, figureQuantities, figureSvg, scalingFigure } from '../../src/figure/index.ts';
import { analyseAll, pointsOfTimes, reconstructions } from '../../src/index.ts';

const paperSeries = reconstructions().map((one) => ({
  label: one.model.title,
  analysis: analyseAll(one.points)[0],
}));

describe('figureSvg', () => {
  for (const quantity of figureQuantities.filter((one) => one !== 'imbalance')) {
    test(`the paper's four models by ${quantity} are drawn as in the committed file`, async () => {
      const svg = figureSvg(
        scalingFigure('The paper, reconstructed from its endpoints', paperSeries, quantity),
      );
      await expect(svg).toMatchFileSnapshot(`snapshots/paper-${quantity}.svg`);
    });
  }

  test('holds no coordinate that is not a number, whatever the times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...figureQuantities),
        (seconds, quantity) => {
          const points = pointsOfTimes(seconds.map((time, k) => ({ devices: 2 ** k, seconds: time })));
          const [analysis] = analyseAll(points);
          const svg = figureSvg(scalingFigure('Any', [{ label: 'any', analysis }], quantity));
          expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('whatever a person names an experiment stays text', () => {
    const figure: Figure = {
      title: '<script>alert(1)</script> & \u0000 "quotes"',
      x: { title: 'devices' },
      y: { title: 'seconds', scale: 'log' },
      series: [{ label: '</svg>', detail: '', points: [{ x: 1, y: 1, low: 1, high: 1, hollow: false }] }],
      notes: [],
    };
    const svg = figureSvg(figure);
    expect(svg).not.toContain('<script>');
    expect(svg).not.toContain('\u0000');
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  });
});
