/** Colours and sizes of the elements met in small molecules, near to those chemists know (after Corey, Pauling, Koltun). */
const known: Readonly<Record<number, readonly [colour: string, radius: number]>> = {
  1: ['#e6e9eb', 0.24],
  5: ['#e5a888', 0.36],
  6: ['#5d666e', 0.36],
  7: ['#3e6fd8', 0.36],
  8: ['#d9382c', 0.35],
  9: ['#5fb83f', 0.33],
  14: ['#c9a36a', 0.44],
  15: ['#e08a2c', 0.42],
  16: ['#d8b92c', 0.42],
  17: ['#3fae5a', 0.41],
  35: ['#9b4a2c', 0.45],
  53: ['#7b3fa0', 0.5],
};

export function elementColour(z: number): string {
  return known[z]?.[0] ?? '#c060b0';
}

/** Radius a ball is drawn with, in angstrom. */
export function elementRadius(z: number): number {
  return known[z]?.[1] ?? 0.42;
}

const below = [23, 104, 172];
const middle = [222, 224, 222];
const above = [196, 84, 10];

/** Blue below the middle, orange above: `value` from -1 to 1. */
export function contributionColour(value: number): string {
  const part = Math.min(1, Math.abs(value));
  const end = value < 0 ? below : above;
  const mixed = middle.map((from, k) => Math.round(from + (end[k]! - from) * part));
  return `rgb(${mixed.join(',')})`;
}

/** Contributions as -1 .. 1 around their mean, the farthest at an end. */
export function relative(contributions: readonly number[]): number[] {
  const mean = contributions.reduce((sum, value) => sum + value, 0) / contributions.length;
  const most = Math.max(...contributions.map((value) => Math.abs(value - mean)), 1e-12);
  return contributions.map((value) => (value - mean) / most);
}
