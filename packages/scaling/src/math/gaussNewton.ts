import { dot, nonNegativeLeastSquares } from './linear.ts';

/** A curve and its slopes at the measured counts, for one theta. */
export interface Evaluated {
  /** [m] ln of the fitted times; not finite where the curve is not positive. */
  readonly logs: readonly number[];
  /** [m][p] d ln t / d theta. */
  readonly gradients: readonly (readonly number[])[];
}

export interface Minimum {
  readonly theta: readonly number[];
  /** Sum of squared residuals of ln t. */
  readonly loss: number;
}

/**
 * Minimise sum (measured - logs(theta))^2 over theta >= 0 from a start, by Gauss-Newton: each step is a non-negative
 * least squares of the linearised curve, halved until it helps. Deterministic; ends where no step helps.
 *
 * @param measured - [m] ln t
 */
export function minimise(
  start: readonly number[],
  measured: readonly number[],
  evaluate: (theta: readonly number[]) => Evaluated,
): Minimum {
  let at = evaluate(start);
  let best: Minimum = { theta: start, loss: lossOf(measured, at) };
  for (let step = 0; step < 60; step++) {
    const { gradients, logs } = at;
    const { theta, loss } = best;
    const goal = nonNegativeLeastSquares(
      gradients,
      measured.map((value, i) => value - logs[i] + dot(gradients[i], theta)),
    )?.coefficients;
    if (!goal) break;
    for (let part = 1; part > 1e-3; part /= 2) {
      const moved = part === 1 ? goal : theta.map((value, k) => value + part * (goal[k] - value));
      const there = evaluate(moved);
      const after = lossOf(measured, there);
      if (after < loss) {
        best = { theta: moved, loss: after };
        at = there;
        break;
      }
    }
    if (!(loss - best.loss > 1e-13 * loss)) break;
  }
  return best;
}

/** Infinite where a fitted time is not positive. */
function lossOf(measured: readonly number[], { logs }: Evaluated): number {
  let sum = 0;
  for (let i = 0; i < measured.length; i++) sum += (measured[i] - logs[i]) ** 2;
  return Number.isFinite(sum) ? sum : Number.POSITIVE_INFINITY;
}
