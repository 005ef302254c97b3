/**
 * Interval of a ratio of two estimates: all r with |numerator - r denominator| <= t se(numerator - r denominator).
 * Where the denominator may be zero at this level the ratio has no upper bound: `high` is then infinite. Both estimates
 * are taken as not negative, so the interval starts at 0 at the lowest.
 *
 * Source: Fieller, Some problems in interval estimation, J. R. Stat. Soc. B 16 (1954).
 *
 * @param factor - Student's t at the level wanted
 */
export function ratioInterval(
  estimate: { numerator: number; denominator: number },
  covariance: { numerator: number; denominator: number; both: number },
  factor: number,
): { low: number; high: number } {
  const t2 = factor ** 2;
  // a r^2 - 2 b r + c <= 0
  const a = estimate.denominator ** 2 - t2 * covariance.denominator;
  const b = estimate.numerator * estimate.denominator - t2 * covariance.both;
  const c = estimate.numerator ** 2 - t2 * covariance.numerator;
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  if (a > 0) return { low: Math.max(0, (b - root) / a), high: (b + root) / a };
  // The set is everything outside two roots, or everything: its positive part runs from the larger root up.
  if (c <= 0 || b * b - a * c <= 0 || a === 0)
    return { low: c > 0 && b > 0 ? c / (2 * b) : 0, high: Number.POSITIVE_INFINITY };
  return { low: Math.max(0, (b - root) / a), high: Number.POSITIVE_INFINITY };
}
