import type { CurvePoint } from '../curve.ts';
import { leastSquares } from '../math/linear.ts';
import { interval95, number } from '../words.ts';
import { type Ingredients, makeFit } from './fit.ts';
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
    const line = logLogLine(curve);
    if (!line) return { unfit: 'An exponent needs times at different device counts.' };
    return makeFit({
      law: power,
      curve,
      context,
      ...line,
      describe(fit) {
        const [, beta] = fit.estimates;
        const doubling = 1 - 2 ** -beta.value;
        const change =
          doubling >= 0
            ? `takes ${number(100 * doubling, 2)} % off`
            : `adds ${number(-100 * doubling, 2)} % to`;
        return [
          `Seconds per epoch fall as n^-${number(beta.value)}${interval95(beta.interval)}: doubling the devices ${change} the epoch.`,
          ...(fit.r2 === null ? [] : [`R² = ${fit.r2.toFixed(3)}, of the logarithms.`]),
        ];
      },
    });
  },
};

/**
 * t = exp(theta0) n^-theta1, a straight line on log-log axes: its parameters by ordinary least squares, its times and
 * their gradient, as `makeFit` takes them. Undefined where all points have one n. Shared with the power law of errors.
 */
export function logLogLine(
  curve: readonly CurvePoint[],
): Pick<Ingredients, 'theta' | 'time' | 'gradient'> | undefined {
  const solved = leastSquares(
    curve.map((point) => [1, -Math.log(point.devices)]),
    curve.map((point) => Math.log(point.seconds)),
  );
  if (!solved) return undefined;
  return {
    theta: solved.coefficients,
    time: ([logScale, exponent], n) => Math.exp(logScale - exponent * Math.log(n)),
    gradient: (_, n) => [1, -Math.log(n)],
  };
}
