import type { CurvePoint } from '../curve.ts';
import { dot } from '../math/linear.ts';
import { number, percent } from '../words.ts';
import { makeFit } from './fit.ts';
import type { Law } from './law.ts';
import { solveTerms, vanishing } from './terms.ts';

/** Extra-P's 42 terms n^i log2(n)^j: for each j its exponents i. */
const exponentsOfLog: readonly (readonly number[])[] = [
  [
    1 / 4,
    1 / 3,
    1 / 2,
    2 / 3,
    3 / 4,
    4 / 5,
    1,
    5 / 4,
    4 / 3,
    3 / 2,
    5 / 3,
    7 / 4,
    2,
    9 / 4,
    7 / 3,
    5 / 2,
    8 / 3,
    11 / 4,
    3,
  ],
  [0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 5 / 4, 4 / 3, 3 / 2, 2, 5 / 2, 3],
  [0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1, 3 / 2, 2, 5 / 2],
];

/** One term of the normal form: n^i log2(n)^j. */
export interface NormalTerm {
  readonly i: number;
  readonly j: number;
}

export const normalTerms: readonly NormalTerm[] = exponentsOfLog.flatMap((list, j) =>
  list.map((i) => ({ i, j })),
);

/**
 * n t(n) = c0 + c1 n^i log2(n)^j: Extra-P's performance model normal form of the device-seconds, as a cross-check made
 * by other people's choice of terms. The term is the one with the least leave-one-out SMAPE; coefficients are >= 0 and
 * residuals relative, as for every law here. It takes no part in the weights: 42 forms were tried.
 *
 * Source: Calotoiu et al., Using automated performance modeling to find scalability bugs in complex codes (SC13).
 */
export const extraP: Law = {
  name: 'extra-p',
  title: 'Extra-P normal form',
  formula: 'n t = c0 + c1 n^i log2(n)^j',
  source: 'Calotoiu et al. 2013',
  parameters: [
    { symbol: 'c0', unit: 'device-seconds', meaning: 'device-seconds that do not grow with the devices' },
    { symbol: 'c1', unit: 'device-seconds', meaning: 'factor of the growing term' },
  ],
  // c0, c1 and the choice of i and j
  freedom: 4,
  leastCounts: 5,
  crossCheck: true,
  fit(curve, context) {
    let best: { term: NormalTerm; smape: number } | undefined;
    for (const term of normalTerms) {
      const smape = leaveOneOut(term, curve);
      if (!best || smape < best.smape) best = { term, smape };
    }
    if (!best) return { unfit: 'No term of the normal form fits.' };
    const { term, smape } = best;
    const row = (n: number) => [1 / n, growth(term, n) / n];
    const theta = solveTerms(
      curve.map((point) => row(point.devices)),
      curve,
    );
    if (!theta) return { unfit: 'The measured counts cannot tell its terms apart.' };
    const time = ([c0, c1]: readonly number[], n: number) => (c0 + c1 * growth(term, n)) / n;
    if (!(time(theta, 1) > 0)) return { unfit: vanishing };
    return makeFit({
      law: extraP,
      curve,
      context,
      theta,
      time,
      gradient: (at, n) => row(n).map((value) => value / time(at, n)),
      derived: () => ({ ...term, smape }),
      describe: () => [
        `The device-seconds of an epoch grow as n^${number(term.i)}${term.j === 0 ? '' : ` log2(n)^${term.j}`}; left out one by one, the times are met within ${percent(smape)}.`,
      ],
    });
  },
};

function growth({ i, j }: NormalTerm, n: number): number {
  return n ** i * Math.log2(n) ** j;
}

/**
 * Mean of 2|t - f|/(t + f) over the counts, each predicted by a fit to the others: 0 to 2. Each fit is a relative least
 * squares of two terms, in closed form from sums that leave one count out.
 */
function leaveOneOut(term: NormalTerm, curve: readonly CurvePoint[]): number {
  // Rows of the design divided by t: u = 1/(n t), v = growth/(n t), against 1.
  const u = curve.map((point) => 1 / (point.devices * point.seconds));
  const v = curve.map((point, i) => growth(term, point.devices) * u[i]);
  const all = { uu: dot(u, u), uv: dot(u, v), vv: dot(v, v), u: total(u), v: total(v) };
  let sum = 0;
  for (let out = 0; out < curve.length; out++) {
    const uu = all.uu - u[out] ** 2;
    const uv = all.uv - u[out] * v[out];
    const vv = all.vv - v[out] ** 2;
    const [u1, v1] = [all.u - u[out], all.v - v[out]];
    const determinant = uu * vv - uv * uv;
    let [c0, c1] = [(vv * u1 - uv * v1) / determinant, (uu * v1 - uv * u1) / determinant];
    if (!(c1 >= 0)) [c0, c1] = [u1 / uu, 0];
    else if (!(c0 >= 0)) [c0, c1] = [0, v1 / vv];
    const ratio = c0 * u[out] + c1 * v[out];
    sum += (2 * Math.abs(1 - ratio)) / (1 + ratio);
  }
  return sum / curve.length;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
