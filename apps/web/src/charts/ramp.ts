/**
 * The colour of a device count among others: an ordered ramp whose lightness goes one way only, so that it reads
 * without colour vision too. Its three colours are in tokens.css, once a scheme.
 */
export function rampColour(count: number, counts: readonly number[]): string {
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const share = high > low ? Math.log(count / low) / Math.log(high / low) : 0;
  const [from, to, part] =
    share < 0.5 ? ['--ramp-1', '--ramp-2', 2 * share] : ['--ramp-2', '--ramp-3', 2 * share - 1];
  return `color-mix(in oklab, var(${to}) ${Math.round(100 * part)}%, var(${from}))`;
}
