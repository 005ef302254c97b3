import { curveOf } from './curve.ts';
import { halfPointOf } from './inflection.ts';
import { type Context, type Fit, type Interval, isFit, type Law } from './laws/law.ts';
import { type Random, randomOf } from './math/random.ts';
import { median, quantile } from './math/stats.ts';
import type { Point } from './points.ts';

/** What was resampled: epochs inside each run, or runs (and their epochs) inside each device count. */
export type BootstrapScope = 'within-run' | 'between-runs';

export interface Bootstrap {
  readonly scope: BootstrapScope;
  /** Resamples that could be fitted. */
  readonly replicates: number;
  readonly level: number;
  readonly parameters: readonly { readonly symbol: string; readonly interval: Interval }[];
  /** Of n_half, for the laws that have one. */
  readonly half: Interval | undefined;
  /** Percentile band of the fitted curve at n. */
  band(n: number): Interval;
}

/**
 * Percentile bootstrap of one law (Davison and Hinkley, Bootstrap Methods and their Application, 5.2). With three
 * repeats of every device count runs are resampled; otherwise only epochs within each run are, and the intervals then
 * lack what differs between runs: `scope` says which. Seeded. Some hundred refits: for when it is asked for.
 *
 * @returns undefined where there is nothing to resample, or the law cannot be fitted
 */
export function bootstrap(
  points: readonly Point[],
  law: Law,
  context: Context,
  options: { replicates?: number; seed?: number; level?: number } = {},
): Bootstrap | undefined {
  const { replicates = 400, seed = 1, level = 0.95 } = options;
  const groups = [...Map.groupBy(points, (point) => point.devices).values()];
  if (groups.length < Math.max(law.leastCounts, law.parameters.length + 1)) return undefined;
  const scope: BootstrapScope = groups.every((runs) => runs.length >= 3) ? 'between-runs' : 'within-run';
  if (scope === 'within-run' && !points.some((point) => point.epochSeconds.length > 1)) return undefined;

  const random = randomOf(seed);
  const fits: Fit[] = [];
  for (let k = 0; k < replicates; k++) {
    const sample = groups.flatMap((runs) => {
      const chosen = scope === 'between-runs' ? runs.map(() => runs[random.below(runs.length)]) : runs;
      return chosen.map((point) => ({ devices: point.devices, seconds: resampledTime(point, random) }));
    });
    const fit = law.fit(curveOf(sample), context);
    if (isFit(fit)) fits.push(fit);
  }
  if (fits.length === 0) return undefined;
  const spread = (values: readonly number[]): Interval => ({
    low: quantile(values, (1 - level) / 2),
    high: quantile(values, (1 + level) / 2),
  });
  return {
    scope,
    replicates: fits.length,
    level,
    parameters: law.parameters.map(({ symbol }) => ({
      symbol,
      interval: spread(fits.map((fit) => fit.value(symbol))),
    })),
    half:
      law.name === 'overhead' || law.name === 'staircase'
        ? spread(fits.map((fit) => halfPointOf(fit).devices))
        : undefined,
    band: (n) => spread(fits.map((fit) => fit.predict(n))),
  };
}

function resampledTime({ seconds, epochSeconds }: Point, random: Random): number {
  if (epochSeconds.length < 2) return seconds;
  return median(epochSeconds.map(() => epochSeconds[random.below(epochSeconds.length)]));
}
