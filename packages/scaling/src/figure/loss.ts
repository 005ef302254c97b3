import type { LossAnalysis } from '../loss/analyse.ts';
import type { LossAxis } from '../loss/points.ts';
import type { Figure, FigureSeries } from './svg.ts';

/** How far beyond the largest measured size a law is drawn, and how wide a band may be, high over low. */
const reach = 2;
const widest = 20;

const titles: Readonly<Record<LossAxis, string>> = {
  molecules: 'training molecules',
  parameters: 'trainable parameters',
};

/**
 * Error against size, ready for `figureSvg`.
 * @param unit - of the target, for the vertical axis; empty where it has none
 */
export function lossFigure(
  title: string,
  analyses: readonly LossAnalysis[],
  axis: LossAxis,
  unit: string,
): Figure {
  const open = analyses.some(({ points }) => points.some((point) => !point.finished));
  const drawn = analyses.some(({ prediction }) => prediction);
  return {
    title,
    x: { title: titles[axis] },
    y: { title: `best validation MAE${unit && `, ${unit}`}`, scale: 'log' },
    series: analyses.map(seriesOf),
    notes: [
      'Points: least validation error of each run’s epochs.',
      ...(drawn
        ? [
            'Lines: power laws, with a floor from six sizes on, averaged by Akaike weight; 95 % band of the curve; dashed beyond the measured sizes.',
          ]
        : []),
      ...(open ? ['Hollow: the run has epochs to go.'] : []),
    ],
  };
}

function seriesOf(analysis: LossAnalysis): FigureSeries {
  const { series, devices, globalBatch, points, curve, prediction } = analysis;
  const [smallest, largest] = [curve[0].devices, curve[curve.length - 1].devices];
  const band = prediction?.band(largest, 0.95, 'curve');
  return {
    label: series,
    detail: [
      exponentWords(analysis),
      `${devices === 1 ? '1 device' : `${devices} devices`}, batch ${globalBatch}`,
    ]
      .filter(Boolean)
      .join(', '),
    points: points.map(({ size, loss, finished }) => ({
      x: size,
      y: loss,
      low: loss,
      high: loss,
      hollow: !finished,
    })),
    line: prediction && {
      from: smallest,
      to: largest * reach,
      solidTo: largest,
      at: prediction.predict,
      ...(band &&
        band.high / band.low <= widest && { band: (x: number) => prediction.band(x, 0.95, 'curve') }),
    },
  };
}

/** "α = 0.42 (0.31 to 0.53)" of the law with the most weight; empty before there is one. */
export function exponentWords({ laws }: LossAnalysis): string {
  const best = [...laws].sort((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0];
  const alpha = best?.fit.estimates.find(({ symbol }) => symbol === 'alpha');
  if (!alpha) return '';
  const { value, interval } = alpha;
  return `α = ${value.toFixed(2)}${interval ? ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})` : ''}`;
}
