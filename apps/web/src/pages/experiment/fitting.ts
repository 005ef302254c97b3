import { type Analysis, analyse, type Point, seriesOf } from '@litmatter/scaling';

/** A series' points and what they say. */
interface FittedSeries {
  readonly points: readonly Point[];
  readonly analysis: Analysis;
}

/** Series by their key, in order of first appearance. */
export type Fitted = ReadonlyMap<string, FittedSeries>;

/** Fit every series at once: for a page that is just being opened. */
export function fitAll(points: readonly Point[]): Fitted {
  return new Map(
    [...seriesOf(points)].map(([key, series]) => [key, { points: series, analysis: analyse(series) }]),
  );
}

/**
 * Fit the series that have changed, one after another with a turn in between, so that a page of hundreds of runs draws
 * and answers while it is fitted anew.
 *
 * @param before - what was fitted before; a series whose points are the very same keeps its analysis
 * @param turn - lets the browser do what else there is
 * @returns `before` itself where nothing has changed
 */
export async function fitInTurns(
  points: readonly Point[],
  before: Fitted,
  turn: () => Promise<void>,
): Promise<Fitted> {
  const fitted = new Map<string, FittedSeries>();
  for (const [key, series] of seriesOf(points)) {
    const held = before.get(key);
    if (held && sameItems(held.points, series)) fitted.set(key, held);
    else {
      await turn();
      fitted.set(key, { points: series, analysis: analyse(series) });
    }
  }
  return sameItems([...fitted.values()], [...before.values()]) ? before : fitted;
}

function sameItems<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((item, index) => item === others[index]);
}
