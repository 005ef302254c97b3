/** Ticks of logarithmic and linear axes, chosen so that their labels do not meet. */

/**
 * Device counts: those measured and the powers of two in between, the powers first where room is short.
 * @param pixels - width of the axis
 * @param apart - pixels between two labels at least
 */
export function deviceTicks(
  measured: readonly number[],
  [low, high]: readonly [number, number],
  pixels: number,
  apart = 30,
): number[] {
  const perDecade = pixels / Math.log10(high / low);
  const powers: number[] = [];
  for (let power = 1; power <= high; power *= 2) if (power >= low) powers.push(power);
  const kept: number[] = [];
  for (const step of [powers, measured]) {
    const every = step === powers ? Math.max(1, Math.ceil(apart / (Math.log10(2) * perDecade))) : 1;
    for (const [index, tick] of step.entries()) {
      const free = kept.every((other) => Math.abs(Math.log10(tick / other)) * perDecade >= apart);
      if (tick >= low && tick <= high && index % every === 0 && free) kept.push(tick);
    }
  }
  return kept.sort((a, b) => a - b);
}

const ladders = [[1], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 7, 8, 9]];

/** 1-2-5 in each decade between two values; fewer where there are many decades, more within one. */
export function logTicks(low: number, high: number, about = 5): number[] {
  let best: number[] = [];
  for (const ladder of ladders) {
    const ticks: number[] = [];
    for (let decade = Math.floor(Math.log10(low)); decade <= Math.ceil(Math.log10(high)); decade++) {
      for (const one of ladder) {
        const tick = Number((one * 10 ** decade).toPrecision(3));
        if (tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)) ticks.push(tick);
      }
    }
    if (best.length === 0 || Math.abs(ticks.length - about) < Math.abs(best.length - about)) best = ticks;
  }
  return best;
}

/** Round steps of 1, 2 or 5 from zero upward, the last at or above `high`. */
export function linearTicks(high: number, about = 5): number[] {
  if (!(high > 0)) return [0, 1];
  const rough = high / about;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * decade).find((one) => one >= rough * (1 - 1e-9)) ?? rough;
  const ticks: number[] = [];
  for (let index = 0; index * step < high + step * (1 - 1e-9); index++)
    ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

/** A little room around values on a logarithmic axis, as a share of its length on either side. */
export function logDomain(values: readonly number[], room = 0.08): [number, number] {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return [0.1, 10];
  let low = positive[0]!;
  let high = low;
  for (const value of positive) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const decades = Math.max(Math.log10(high / low), 0.3);
  const middle = Math.log10(Math.sqrt(high * low));
  const reach = decades * (0.5 + room);
  return [10 ** (middle - reach), 10 ** (middle + reach)];
}
