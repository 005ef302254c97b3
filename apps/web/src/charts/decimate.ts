/** A line of many points made into one of few that looks the same. */

export interface XY {
  readonly x: number;
  readonly y: number;
}

/**
 * At most about 2 `buckets` points: the least and the greatest of each stretch of the horizontal axis, in their order,
 * so that no spike is lost. The first and last point always stay. Points must ascend in x.
 */
export function decimate<P extends XY>(points: readonly P[], buckets: number): readonly P[] {
  if (points.length <= 2 * buckets) return points;
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return points;
  const kept: P[] = [first];
  const span = last.x - first.x;
  let at = 1;
  for (let bucket = 1; bucket <= buckets; bucket++) {
    const end = first.x + (span * bucket) / buckets;
    let least: P | undefined;
    let most: P | undefined;
    for (; at < points.length - 1 && points[at]!.x <= end; at++) {
      const point = points[at]!;
      if (!least || point.y < least.y) least = point;
      if (!most || point.y > most.y) most = point;
    }
    if (least && most)
      kept.push(...(least === most ? [least] : least.x < most.x ? [least, most] : [most, least]));
  }
  kept.push(last);
  return kept;
}
