import type { CurvePoint } from '../curve.ts';
import { minimise } from '../math/gaussNewton.ts';
import { duration, number } from '../words.ts';
import { makeFit } from './fit.ts';
import type { Law } from './law.ts';
import { relativeTerms } from './terms.ts';

/** Where the search for beta starts: every value between 0.02 and 4 is within 6 % of one. */
const exponents = { least: 0.02, most: 4, steps: 48 };

/**
 * t = c + A n^-beta: a power law above a floor. For each beta of a fixed grid the rest is linear and solved; from the
 * best of them all three are refined together. With device counts replaced by data-set or model sizes the same form is the
 * scaling law of losses, L = L0 + A D^-alpha.
 *
 * Source: Hestness et al., Deep learning scaling is predictable, empirically (2017), equation 1, for losses.
 */
export const offsetPower: Law = {
  name: 'offset-power',
  title: 'Power law above a floor',
  formula: 't = c + A n^-beta',
  source: 'Hestness et al. 2017',
  parameters: [
    { symbol: 'c', unit: 's', meaning: 'seconds of each epoch that more devices do not shrink' },
    { symbol: 'A', unit: 's', meaning: 'shrinking seconds of an epoch on one device' },
    { symbol: 'beta', unit: '', meaning: 'exponent of the shrinking part' },
  ],
  freedom: 3,
  leastCounts: 6,
  fit(curve, context) {
    const theta = solveOffsetPower(curve);
    if (!theta || theta[1] === 0 || theta[2] === 0)
      return { unfit: 'The times do not fall with the number of devices: there is no exponent to find.' };
    return makeFit({
      law: offsetPower,
      curve,
      context,
      theta,
      time,
      gradient,
      describe(fit) {
        return [
          `Above a floor of ${duration(fit.value('c'))} the epoch falls as n^-${number(fit.value('beta'))}.`,
        ];
      },
    });
  },
};

function time([c, A, beta]: readonly number[], n: number): number {
  return c + A * n ** -beta;
}

function gradient([c, A, beta]: readonly number[], n: number): number[] {
  const falling = n ** -beta;
  const total = c + A * falling;
  return [1 / total, falling / total, (-A * falling * Math.log(n)) / total];
}

/** [c, A, beta], or undefined where no grid point can be solved. */
export function solveOffsetPower(curve: readonly CurvePoint[]): readonly number[] | undefined {
  const { least, most, steps } = exponents;
  const measured = curve.map((point) => Math.log(point.seconds));
  let best: { theta: readonly number[]; loss: number } | undefined;
  for (let k = 0; k < steps; k++) {
    const beta = least * (most / least) ** (k / (steps - 1));
    const linear = relativeTerms(
      curve.map((point) => [1, point.devices ** -beta]),
      curve,
    );
    if (!linear) continue;
    const theta = [...linear, beta];
    const loss = curve.reduce(
      (sum, point, i) => sum + (measured[i] - Math.log(time(theta, point.devices))) ** 2,
      0,
    );
    if (!best || loss < best.loss) best = { theta, loss };
  }
  if (!best) return undefined;
  const { theta } = minimise(best.theta, measured, (at) => ({
    logs: curve.map((point) => Math.log(time(at, point.devices))),
    gradients: curve.map((point) => gradient(at, point.devices)),
  }));
  return theta;
}
