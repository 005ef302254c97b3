import type { CurvePoint } from '../curve.ts';
import { inverseGram, quadratic } from '../math/linear.ts';
import { mean } from '../math/stats.ts';
import { studentFactor } from '../math/student.ts';
import type { Context, Estimate, Fit, Interval, Law } from './law.ts';

/** The level of every interval that is not asked for at another. */
export const defaultLevel = 0.95;

interface Ingredients {
  readonly law: Law;
  readonly curve: readonly CurvePoint[];
  readonly context: Context;
  /** One a parameter of the law; logarithmic ones as logarithms. */
  readonly theta: readonly number[];
  /** Seconds at n, for any theta. */
  time(theta: readonly number[], n: number): number;
  /** d ln time / d theta at n. */
  gradient(theta: readonly number[], n: number): readonly number[];
  describe(fit: Fit): readonly string[];
}

/**
 * Turn solved parameters into a Fit: residuals, standard errors by the linearised model in ln t (for the power law
 * that is exact: s / sqrt(Sxx) and its prediction band), intervals by Student's t with m - p degrees of freedom.
 */
export function makeFit(parts: Ingredients): Fit {
  const { law, curve, context, theta, time, gradient } = parts;
  const level = defaultLevel;
  const counts = curve.length;
  const predict = (n: number) => time(theta, n);
  const logs = curve.map((point) => Math.log(point.seconds));
  const rss = curve.reduce((sum, point, i) => sum + (logs[i] - Math.log(predict(point.devices))) ** 2, 0);
  const middle = mean(logs);
  const tss = logs.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const dof = counts - theta.length;
  const sigma = Math.sqrt(rss / dof);
  const gradientAt = (n: number) => gradient(theta, n);
  const known = covarianceOf(
    curve.map((point) => gradientAt(point.devices)),
    theta,
  );
  const covariance = known.matrix.map((row) => row.map((value) => value * sigma ** 2));
  const factor = studentFactor(level, dof);

  const estimates = law.parameters.map((parameter, i): Estimate => {
    const value = parameter.logarithmic ? Math.exp(theta[i]) : theta[i];
    if (!known.has[i]) return { ...parameter, value, interval: null, standardError: null };
    const error = Math.sqrt(covariance[i][i]);
    const [low, high] = [theta[i] - factor * error, theta[i] + factor * error];
    if (parameter.logarithmic)
      return {
        ...parameter,
        value,
        interval: { low: Math.exp(low), high: Math.exp(high) },
        standardError: value * error,
      };
    const interval = { low: parameter.signed ? low : Math.max(0, low), high };
    return { ...parameter, value, interval, standardError: error };
  });

  const fit: Fit = {
    law,
    curve,
    context,
    estimates,
    level,
    dof,
    sigma,
    rss,
    r2: tss > counts * 1e-24 ? 1 - rss / tss : null,
    theta,
    covariance,
    predict,
    gradient: gradientAt,
    curveAt: (other) => (n) => time(other, n),
    value(symbol) {
      const found = estimates.find((estimate) => estimate.symbol === symbol);
      if (!found) throw new RangeError(`The law ${law.name} has no parameter ${symbol}.`);
      return found.value;
    },
    band(n, at, of = 'measurement'): Interval {
      const own = of === 'measurement' ? sigma ** 2 : 0;
      const width = studentFactor(at, dof) * Math.sqrt(own + quadratic(covariance, gradientAt(n)));
      const centre = predict(n);
      return { low: centre * Math.exp(-width), high: centre * Math.exp(width) };
    },
    describe: () => parts.describe(fit),
  };
  return fit;
}

/**
 * (J'J)^-1 of the log gradients. Where a parameter stands at its bound 0 and thereby hides another, the one at 0 is
 * left out: its rows are zero and it has no interval.
 */
function covarianceOf(rows: readonly (readonly number[])[], theta: readonly number[]) {
  const width = theta.length;
  const everything = Array.from({ length: width }, (_, i) => i);
  const attempts = [everything, everything.filter((i) => theta[i] !== 0 && rows.some((row) => row[i] !== 0))];
  const matrix = everything.map(() => everything.map(() => 0));
  const has = everything.map(() => false);
  for (const kept of attempts) {
    const part = kept.length > 0 ? inverseGram(rows.map((row) => kept.map((i) => row[i]))) : undefined;
    if (!part) continue;
    kept.forEach((i, a) => {
      has[i] = true;
      kept.forEach((j, b) => {
        matrix[i][j] = part[a][b];
      });
    });
    break;
  }
  return { matrix, has };
}
