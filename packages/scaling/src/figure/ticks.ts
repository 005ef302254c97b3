/** Ranges and ticks of a figure's axes. */

export type Range = readonly [low: number, high: number];

/** Counts and sizes on a logarithmic axis: powers of two where they are few, else of ten; `fits` says how many may stand. */
export function powerTicks([low, high]: Range, fits: number): number[] {
  for (const base of [2, 4, 10, 100, 1000]) {
    const first = Math.ceil(Math.log(low) / Math.log(base) - 1e-9);
    const last = Math.floor(Math.log(high) / Math.log(base) + 1e-9);
    const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => base ** (first + k));
    if (ticks.length <= fits) return ticks.map((tick) => Number(tick.toPrecision(12)));
  }
  return [];
}

const ladders = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]];

/** 1, 2, 5 of each decade, more within one and fewer over many, as near to `about` ticks as there is. */
export function decadeTicks([low, high]: Range, about = 6): number[] {
  const choices = ladders.map((ladder) => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const digit of ladder) {
        const tick = Number((digit * 10 ** power).toPrecision(3));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    return ticks;
  });
  return choices.reduce((a, b) => (Math.abs(b.length - about) < Math.abs(a.length - about) ? b : a));
}

/** From zero in steps of 1, 2 or 5, about `about` of them. */
export function evenTicks([, high]: Range, about = 5): number[] {
  const rough = high / about;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * decade).find((one) => one >= rough) ?? 10 * decade;
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, k) =>
    Number((k * step).toPrecision(12)),
  );
}

/** The range of positive values with room at both ends, as a factor; a single value stands in the middle. */
export function logRange(values: readonly number[], room = 1.25): Range {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  if (known.length === 0) return [1, 10];
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  return [low / room, high * room];
}
