/** Numbers as tables and lines show them. */

/** A duration to three figures: "12.3 ms", "1.25 s", "3.4 min". */
export function secondsText(seconds: number): string {
  if (seconds < 1) return `${(seconds * 1e3).toPrecision(3)} ms`;
  if (seconds < 100) return `${seconds.toPrecision(3)} s`;
  if (seconds < 6_000) return `${(seconds / 60).toPrecision(3)} min`;
  return `${(seconds / 3_600).toPrecision(3)} h`;
}

/** A number of things: "1 molecule", "2 molecules". */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** An error in the target's own unit. */
export function mae(value: number): string {
  return value.toPrecision(4);
}

export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${step === 0 ? bytes : (bytes / 1e3 ** step).toPrecision(3)} ${units[step]}`;
}
