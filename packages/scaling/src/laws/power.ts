import { leastSquares } from '../math/linear.ts';
import { number } from '../words.ts';
import { makeFit } from './fit.ts';
import type { Law } from './law.ts';

/**
 * t = alpha n^-beta: the paper's equation 1. Ordinary least squares of ln t on ln n; SE(beta) = s / sqrt(Sxx),
 * t-interval with m - 2 degrees of freedom. R^2 is that of the logarithms.
 *
 * Source: Frey et al., Scalable Geometric Deep Learning on Molecular Graphs (2021), section 4.
 */
export const power: Law = {
  name: 'power',
  title: 'Power law',
  formula: 't = alpha n^-beta',
  source: 'Frey et al. 2021, equation 1',
  parameters: [
    { symbol: 'alpha', unit: 's', meaning: 'seconds per epoch on one device', logarithmic: true },
    {
      symbol: 'beta',
      unit: '',
      meaning: 'scaling exponent: 1 is perfect, 0 is none',
      signed: true,
    },
  ],
  freedom: 2,
  leastCounts: 3,
  fit(curve, context) {
    const solved = leastSquares(
      curve.map((point) => [1, -Math.log(point.devices)]),
      curve.map((point) => Math.log(point.seconds)),
    );
    if (!solved) return { unfit: 'An exponent needs times at different device counts.' };
    return makeFit({
      law: power,
      curve,
      context,
      theta: solved.coefficients,
      time: ([logAlpha, beta], n) => Math.exp(logAlpha - beta * Math.log(n)),
      gradient: (_, n) => [1, -Math.log(n)],
      describe(fit) {
        const [, beta] = fit.estimates;
        const doubling = 1 - 2 ** -beta.value;
        const change =
          doubling >= 0
            ? `takes ${number(100 * doubling, 2)} % off`
            : `adds ${number(-100 * doubling, 2)} % to`;
        const range = beta.interval
          ? ` (95 % interval ${number(beta.interval.low)} to ${number(beta.interval.high)})`
          : '';
        return [
          `Seconds per epoch fall as n^-${number(beta.value)}${range}: doubling the devices ${change} the epoch.`,
          ...(fit.r2 === null ? [] : [`R² = ${fit.r2.toFixed(3)}, of the logarithms.`]),
        ];
      },
    });
  },
};
