/** Round steps of 1, 2 or 5 between two values. */
export function ticksBetween(low: number, high: number, about = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / about;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * decade).find((one) => one >= rough * (1 - 1e-9)) ?? rough;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return ticks;
}

/** The range of values, a little wider; of one value or none, a range around it. */
export function roomyRange(values: Iterable<number>, room = 0.05): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high >= low)) return [0, 1];
  const reach = high > low ? room * (high - low) : Math.abs(high) * 0.1 || 1;
  return [low - reach, high + reach];
}

/** Mean absolute error of the molecules of each size, neighbouring sizes put together where there are many. */
export interface SizeBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly mae: number;
}

export function errorsBySize(
  { atoms, truth, predicted }: { atoms: Uint16Array; truth: Float32Array; predicted: Float32Array },
  most = 12,
): SizeBin[] {
  if (atoms.length === 0) return [];
  const low = Math.min(...new Set(atoms));
  const high = Math.max(...new Set(atoms));
  const width = Math.max(1, Math.ceil((high - low + 1) / most));
  const bins = new Map<number, { count: number; sum: number }>();
  atoms.forEach((size, k) => {
    const bin = Math.floor((size - low) / width);
    const { count, sum } = bins.get(bin) ?? { count: 0, sum: 0 };
    bins.set(bin, { count: count + 1, sum: sum + Math.abs(predicted[k]! - truth[k]!) });
  });
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, { count, sum }]) => {
      const from = low + bin * width;
      return { from, to: Math.min(high, from + width - 1), count, mae: sum / count };
    });
}
