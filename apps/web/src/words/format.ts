/** Numbers as the dashboard writes them: short, with their unit, the same width where they stand in columns. */

/** Three significant digits, as running text has them: 0.8499 -> "0.85". */
export function significant(value: number, digits = 3): string {
  return written(value, digits, 1);
}

/** The same as columns have them, where one is read against another: 0.8499 -> "0.850". */
export function inColumn(value: number, digits = 3): string {
  return written(value, digits, value === 0 ? 1 : digits);
}

function written(value: number, digits: number, least: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
    return `${minus(mantissa!)}·10${superscript(Number(exponent))}`;
  }
  return minus(rounded(digits, least, size >= 10_000).format(value));
}

const formats = new Map<string, Intl.NumberFormat>();

function rounded(digits: number, least: number, useGrouping: boolean): Intl.NumberFormat {
  const key = `${digits} ${least} ${useGrouping}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat('en', {
      maximumSignificantDigits: digits,
      minimumSignificantDigits: least,
      useGrouping,
    });
    formats.set(key, format);
  }
  return format;
}

// Made once: making one takes longer than a thousand uses of it.
const wholeNumbers = new Intl.NumberFormat('en');

export function integer(value: number): string {
  return wholeNumbers.format(value);
}

/** A duration measured: "12.3 ms", "4.21 s", "85.0 s", "12 min", "3.2 h". */
export function seconds(value: number): string {
  const [text, unit] = secondsParts(value);
  return `${text} ${unit}`;
}

/** A spread in the unit and to the decimals that its value is written with: "4.21 s" and "0.03". */
export function spreadOf(value: number, spread: number): string {
  const [text, , factor] = secondsParts(value);
  const decimals = text.split('.')[1]?.length ?? 0;
  return (spread * factor).toFixed(decimals);
}

/** The number, its unit, and how many of that unit make a second. */
function secondsParts(value: number): [text: string, unit: string, factor: number] {
  if (value === 0) return ['0', 's', 1];
  if (value < 1e-3) return [(value * 1e6).toPrecision(3), 'µs', 1e6];
  if (value < 0.1) return [(value * 1e3).toPrecision(3), 'ms', 1e3];
  if (value < 100) return [value.toPrecision(3), 's', 1];
  if (value < 600) return [value.toFixed(0), 's', 1];
  if (value < 7_200) return [(value / 60).toFixed(0), 'min', 1 / 60];
  return [significant(value / 3_600), 'h', 1 / 3_600];
}

/** A waiting time for a person: "a moment", "40 s", "3 min", "2 h 10 min", "3 days". */
export function span(value: number): string {
  if (value < 1) return 'a moment';
  if (value < 90) return `${Math.round(value)} s`;
  const minutes = Math.round(value / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

/** How long ago: "just now", "12 s ago", "3 min ago", "yesterday", "12 Mar". */
export function ago(at: number, now: number): string {
  const passed = (now - at) / 1_000;
  if (passed < 5) return 'just now';
  if (passed < 36 * 3_600) return `${span(passed)} ago`;
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? days : daysOfYears).format(at);
}

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const daysOfYears = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function dateTime(at: number): string {
  return moments.format(at);
}

export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, value > 0 ? Math.floor(Math.log10(value) / 3) : 0);
  return `${significant(value / 1_000 ** power)} ${units[power]}`;
}

/** Memory, as machines are sold and Slurm counts: "23.5 GiB". Files are in powers of ten. */
export function memory(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, value > 0 ? Math.floor(Math.log2(value) / 10) : 0);
  return `${significant(value / 1_024 ** power)} ${units[power]}`;
}

/** Energy: "212 J", "4.2 kJ", "1.1 MJ". */
export function joules(value: number): string {
  const units = ['J', 'kJ', 'MJ', 'GJ'];
  const power = Math.min(units.length - 1, value >= 1 ? Math.floor(Math.log10(value) / 3) : 0);
  return `${significant(value / 1_000 ** power)} ${units[power]}`;
}

/** "1 run", "3 runs". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${integer(count)} ${count === 1 ? one : many}`;
}

/** "1, 2 and 4". */
export function listed(items: readonly (string | number)[], last = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** A title within a sentence: "dipole moment" of "Dipole moment", and "HOMO-LUMO gap" as it is. */
export function withinSentence(title: string): string {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

function minus(text: string): string {
  return text.replace('-', '−');
}

function superscript(value: number): string {
  return [...String(value)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
}
