import type { CurvePoint } from '../curve.ts';
import { dot, inverseRoot, pick } from '../math/linear.ts';
import { mean } from '../math/stats.ts';
import { studentFactor } from '../math/student.ts';
import type { Context, Estimate, Fit, Interval, Law } from './law.ts';

/** The level of every interval that is not asked for at another. */
export const defaultLevel = 0.95;

/** What a fit is made of. */
export interface Ingredients {
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
  /** Numbers that follow from the parameters, or name the form chosen. */
  derived?(fit: Fit): Readonly<Record<string, number>>;
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
  const known = rootOf(
    curve.map((point) => gradientAt(point.devices)),
    theta,
  );
  const root = known.map((row) => row?.map((value) => value * sigma));
  const directions = theta.map((_, k) => root.map((row) => row?.[k] ?? 0));
  const factor = studentFactor(level, dof);

  const estimates = law.parameters.map((parameter, i): Estimate => {
    const value = parameter.logarithmic ? Math.exp(theta[i]) : theta[i];
    const row = root[i];
    if (!row) return { ...parameter, value, interval: null, standardError: null };
    const error = Math.sqrt(dot(row, row));
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
    root: root.map((row) => row ?? theta.map(() => 0)),
    predict,
    gradient: gradientAt,
    curveAt: (other) => (n) => time(other, n),
    value(symbol) {
      const found = estimates.find((estimate) => estimate.symbol === symbol);
      if (!found) throw new RangeError(`The law ${law.name} has no parameter ${symbol}.`);
      return found.value;
    },
    band(n, at, of = 'measurement'): Interval {
      let variance = of === 'measurement' ? sigma ** 2 : 0;
      const slope = gradientAt(n);
      for (const direction of directions) variance += dot(slope, direction) ** 2;
      const width = studentFactor(at, dof) * Math.sqrt(variance);
      const centre = predict(n);
      return { low: centre * Math.exp(-width), high: centre * Math.exp(width) };
    },
    derived: () => parts.derived?.(fit) ?? {},
    describe: () => parts.describe(fit),
  };
  return fit;
}

/**
 * Rows of L with (J'J)^-1 = L L' for the log gradients J. Where a parameter stands at its bound 0 and cannot be told
 * apart from another there, the one at 0 is left out: it has no row, hence no interval.
 */
function rootOf(
  gradients: readonly (readonly number[])[],
  theta: readonly number[],
): (number[] | undefined)[] {
  const everything = theta.map((_, i) => i);
  const moving = everything.filter((i) => theta[i] !== 0 && gradients.some((row) => row[i] !== 0));
  for (const kept of [everything, moving]) {
    const part = kept.length > 0 ? inverseRoot(pick(gradients, kept)) : undefined;
    if (!part) continue;
    return everything.map((i) => {
      const at = kept.indexOf(i);
      return at < 0 ? undefined : everything.map((j) => (kept.includes(j) ? part[at][kept.indexOf(j)] : 0));
    });
  }
  return everything.map(() => undefined);
}
