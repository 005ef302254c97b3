/**
 * Seconds to pause before try number `failures` + 1: drawn evenly between `least` and a bound that doubles from
 * 2 `least` up to `most`. A hub that comes back so meets hundreds of ranks spread over `most` seconds, not all at once.
 *
 * @param failures - tries that have failed in a row: 1, 2, ...
 * @param random - in [0, 1)
 */
export function pauseSeconds(failures: number, least = 1, most = 30, random = Math.random()): number {
  const bound = Math.min(most, least * 2 ** Math.max(failures, 1));
  return least + random * (bound - least);
}
