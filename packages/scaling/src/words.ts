import type { Interval } from './laws/law.ts';

/** Numbers as sentences carry them. */

/** Three significant digits without trailing noise: 0.849999 -> "0.85", 30912.4 -> "30,900". */
export function number(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return value > 0 ? 'infinitely many' : String(value);
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9))
    return value.toExponential(digits - 1);
  return formatOf(digits).format(value);
}

/** A duration in the unit a person would choose: "0.85 s", "12 ms", "3.2 h". */
export function duration(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1e-3) return `${number(seconds * 1e6)} µs`;
  if (seconds < 0.1) return `${number(seconds * 1e3)} ms`;
  if (seconds < 600) return `${number(seconds)} s`;
  if (seconds < 2 * 3600) return `${number(seconds / 60)} min`;
  return `${number(seconds / 3600)} h`;
}

export function percent(share: number): string {
  return `${number(100 * share, share >= 0.1 ? 2 : 1)} %`;
}

export function devices(count: number): string {
  return count === 1 ? '1 device' : `${number(count, 4)} devices`;
}

/** What a sentence says behind a number: " (95 % interval 0.31 to 0.53)"; nothing where the interval is not known. */
export function interval95(interval: Interval | null): string {
  if (!interval) return '';
  const { low, high } = interval;
  const range = Number.isFinite(high)
    ? `${number(low)} to ${number(high)}`
    : `at least ${number(low)}, no upper bound`;
  return ` (95 % interval ${range})`;
}

/** Making a format takes longer than using it. */
function formatOf(digits: number): Intl.NumberFormat {
  const known = formats.get(digits) ?? new Intl.NumberFormat('en', { maximumSignificantDigits: digits });
  formats.set(digits, known);
  return known;
}

const formats = new Map<number, Intl.NumberFormat>();
