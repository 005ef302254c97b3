import type { CurvePoint } from '../curve.ts';
import { duration, number } from '../words.ts';
import { makeFit } from './fit.ts';
import type { Law } from './law.ts';
import { logLoss, solveTerms } from './terms.ts';

const exponents = { least: 0.02, most: 4, steps: 48 };

/**
 * t = c + A n^-beta: a power law above a floor. For each beta the rest is linear, so beta is profiled: a fixed grid,
 * then golden sections around its best. With device counts replaced by data-set or model sizes the same form is the
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
    const solved = profile(curve);
    if (!solved || solved[1] === 0)
      return { unfit: 'The times do not fall with the number of devices: there is no exponent to find.' };
    return makeFit({
      law: offsetPower,
      curve,
      context,
      theta: solved,
      time: ([c, A, beta], n) => c + A * n ** -beta,
      gradient([c, A, beta], n) {
        const falling = n ** -beta;
        const total = c + A * falling;
        return [1 / total, falling / total, (-A * falling * Math.log(n)) / total];
      },
      describe(fit) {
        return [
          `Above a floor of ${duration(fit.value('c'))} the epoch falls as n^-${number(fit.value('beta'))}.`,
        ];
      },
    });
  },
};

/** The best [c, A, beta], or undefined where no grid point can be solved. */
function profile(curve: readonly CurvePoint[]): [number, number, number] | undefined {
  const at = (beta: number) => {
    const rows = curve.map((point) => [1, point.devices ** -beta]);
    const theta = solveTerms(rows, curve);
    return theta && { beta, theta, loss: logLoss(rows, curve, theta) };
  };
  const { least, most, steps } = exponents;
  const grid = Array.from({ length: steps }, (_, k) => at(least * (most / least) ** (k / (steps - 1))));
  let best = grid.reduce((a, b) => (a && (!b || a.loss <= b.loss) ? a : b), undefined);
  if (!best) return undefined;
  const place = grid.indexOf(best);
  let low = grid[Math.max(0, place - 1)]?.beta ?? best.beta;
  let high = grid[Math.min(steps - 1, place + 1)]?.beta ?? best.beta;
  const golden = (Math.sqrt(5) - 1) / 2;
  let [left, right] = [at(high - golden * (high - low)), at(low + golden * (high - low))];
  while (left && right && high - low > 1e-7 * high) {
    if (left.loss <= right.loss) {
      high = right.beta;
      [left, right] = [at(high - golden * (high - low)), left];
    } else {
      low = left.beta;
      [left, right] = [right, at(low + golden * (high - low))];
    }
  }
  for (const candidate of [left, right]) if (candidate && candidate.loss < best.loss) best = candidate;
  return [best.theta[0], best.theta[1], best.beta];
}
