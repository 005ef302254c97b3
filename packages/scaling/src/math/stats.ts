/** Order statistics and means over plain lists. All throw on an empty list: there is no median of nothing. */

/** A typed array sorts numbers several times as fast, and a live page does it for every run that has an epoch more. */
function sorted(values: readonly number[]): Float64Array {
  if (values.length === 0) throw new RangeError('A statistic needs at least one value.');
  return Float64Array.from(values).sort();
}

/** Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7, as NumPy and R have it). */
export function quantile(values: readonly number[], p: number): number {
  const list = sorted(values);
  const at = p * (list.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, list.length - 1);
  return list[below] + (at - below) * (list[above] - list[below]);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median absolute deviation from the median, in the values' own unit (not scaled to a standard deviation). */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('A statistic needs at least one value.');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** exp(mean ln x) of positive values: the mean that suits relative errors. One value is returned to the bit. */
export function geometricMean(values: readonly number[]): number {
  if (values.length === 1) return values[0];
  return Math.exp(mean(values.map(Math.log)));
}

/** Variance with n - 1 in the denominator; 0 for a single value. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
