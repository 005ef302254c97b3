import type { CurvePoint } from './curve.ts';

/**
 * The knee of a falling, flattening curve by Kneedle with sensitivity S = 1, on the log-log axes the chart has, where a
 * pure power law is a straight line and has none. (On linear axes every power law gets a knee, and it moves with the
 * range plotted.) Both axes are scaled to 0..1; a knee is a local maximum of the distance below the chord that is
 * confirmed by a drop of S mean spacings before the distance rises again.
 *
 * Source: Satopaa et al., Finding a "Kneedle" in a haystack (2011), offline form without smoothing: the points are few.
 *
 * @returns the device count at the knee, or undefined where there is none
 */
export function kneeOf(curve: readonly CurvePoint[], sensitivity = 1): number | undefined {
  if (curve.length < 5) return undefined;
  const x = unit(curve.map((point) => Math.log(point.devices)));
  const y = unit(curve.map((point) => Math.log(point.seconds)));
  if (!x || !y) return undefined;
  // Falling and convex: turn it upside down, so that the knee is where 1 - y leads x most.
  const lead = x.map((value, i) => 1 - y[i] - value);
  const spacing = 1 / (x.length - 1);
  for (let i = 1; i < lead.length - 1; i++) {
    const peak = lead[i] >= lead[i - 1] && lead[i] > lead[i + 1];
    if (!peak || lead[i] <= 0) continue;
    const threshold = lead[i] - sensitivity * spacing;
    for (let later = i + 1; later < lead.length && lead[later] <= lead[later - 1]; later++)
      if (lead[later] < threshold) return curve[i].devices;
  }
  return undefined;
}

/** Scaled to 0..1; undefined where all values are the same. */
function unit(values: readonly number[]): number[] | undefined {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high > low ? values.map((value) => (value - low) / (high - low)) : undefined;
}
