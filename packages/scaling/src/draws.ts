import type { Prediction } from './choose.ts';
import type { Fit } from './laws/law.ts';
import { dot } from './math/linear.ts';
import { type Random, randomOf } from './math/random.ts';

/** Seconds per epoch at n devices. */
export type Curve = (n: number) => number;

/**
 * Curves the data leave possible: laws in proportion to their weights, each with parameters drawn from the linearised
 * t-distribution around its fit. What is decided on t(n) is decided on each of them, and its interval is the spread of
 * the decisions. Seeded: the same fits give the same curves.
 */
export function drawCurves(prediction: Prediction, count = 200, seed = 1): Curve[] {
  const random = randomOf(seed);
  const total = prediction.fits.reduce((sum, entry) => sum + entry.weight, 0);
  // Shares are rounded on the running sum, so that they add up to `count`.
  let reached = 0;
  let made = 0;
  return prediction.fits.flatMap(({ fit, weight }) => {
    reached += weight / total;
    const upTo = Math.round(reached * count);
    const share = upTo - made;
    made = upTo;
    return Array.from({ length: share }, () => drawCurve(fit, random));
  });
}

function drawCurve(fit: Fit, random: Random): Curve {
  const z = fit.theta.map(() => random.normal());
  let chi2 = 0;
  for (let k = 0; k < fit.dof; k++) chi2 += random.normal() ** 2;
  const stretch = Math.sqrt(fit.dof / chi2);
  const theta = fit.theta.map((value, i) => {
    const moved = value + stretch * dot(fit.root[i], z);
    const { logarithmic, signed } = fit.law.parameters[i];
    return logarithmic || signed ? moved : Math.max(0, moved);
  });
  const curve = fit.curveAt(theta);
  // With every term at its bound nothing is left of the curve; the fit itself then stands in.
  return curve(1) > 0 && fit.curve.every((point) => curve(point.devices) > 0) ? curve : fit.predict;
}
