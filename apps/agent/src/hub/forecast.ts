import type { EpochEvent, RunPlan, RunView } from '@litmatter/protocol';
import { type Calibration, forecast, pointOfRun, type Workload } from '@litmatter/scaling';
import type { TrialResult } from '../trial/trial.ts';

/** What is known of how long a model's epochs take here, before it runs. */
export interface Evidence {
  /** Earlier runs of the same series, with their epochs. */
  readonly earlier: readonly { readonly run: RunView; readonly epochs: readonly EpochEvent[] }[];
  /** A trial on this machine, where there was one. */
  readonly trial: TrialResult | undefined;
}

export interface Forecasts {
  readonly byCount: ReadonlyMap<number, NonNullable<RunPlan['forecast']>>;
  /** Where they come from, in words; null where there are none. */
  readonly basis: string | null;
}

/** Share of epochs that a band holds. */
const level = 0.9;

/** What the same run measures twice differs by so much, beside what a trial shows of itself (npm run bench:forecast). */
const betweenRuns = 0.1;

/**
 * Forecast seconds per epoch at each count: where the same has run before, by what was measured then; elsewhere by
 * replaying the sampler over the trial's steps or, without a trial, over those runs' steps.
 */
export function forecastsOf(
  evidence: Evidence,
  workload: Omit<Workload, 'sizes'>,
  counts: readonly number[],
): Forecasts {
  const byCount = new Map<number, NonNullable<RunPlan['forecast']>>();
  const { earlier, trial } = evidence;
  for (const devices of counts) {
    const seconds = earlier.flatMap(({ run, epochs }) =>
      run.spec.devices === devices ? (measured(run, epochs)?.epochSeconds ?? []) : [],
    );
    if (seconds.length > 0) byCount.set(devices, banded(seconds));
  }
  const known = [...byCount.keys()];
  const rest = counts.filter((devices) => !byCount.has(devices));
  const words: string[] = [];
  if (known.length > 0) words.push(`at ${list(known)} from earlier runs on this hub`);

  const replayed = rest.length === 0 ? undefined : (ofTrial(trial) ?? ofRuns(earlier));
  if (replayed !== undefined) {
    const points = forecast(replayed.calibration, { ...workload, sizes: replayed.sizes }, rest, {
      level,
      betweenRuns,
    });
    for (const { devices, seconds, interval } of points) {
      byCount.set(devices, { seconds, low: interval.low, high: interval.high });
    }
    const without =
      replayed.calibration.exchange === null && rest.some((devices) => devices > 1)
        ? ', without the exchange of gradients: a lower bound'
        : '';
    const { ranksPerNode } = workload;
    const beyond =
      ranksPerNode != null && rest.some((devices) => devices > ranksPerNode)
        ? ', with other nodes taken to be like this machine and the network between them to be as fast as its memory'
        : '';
    words.push(`${known.length > 0 ? `at ${list(rest)} ` : ''}from ${replayed.words}${without}${beyond}`);
  }
  return { byCount, basis: words.length === 0 ? null : `A forecast, ${words.join('; ')}.` };
}

interface Replayable {
  readonly calibration: Calibration;
  readonly sizes: ArrayLike<number>;
  readonly words: string;
}

function ofTrial(trial: TrialResult | undefined): Replayable | undefined {
  if (!trial?.training) return undefined;
  const { steps, together, exchange, epochOverheadSeconds, cores, backend, device } = trial.training;
  const tried = [1, ...together.map(({ ranks }) => ranks)].sort((a, b) => a - b);
  return {
    calibration: { steps, together, epochOverheadSeconds, exchange, devicesAtOnce: cores },
    sizes: trial.sizes,
    words: `a trial of ${list(tried, 'rank')} on this machine (${backend}, ${device}), replayed over the sampler`,
  };
}

/** Steps of earlier runs, sized by their samples: what a molecule weighs is not known without loading it. */
function ofRuns(earlier: Evidence['earlier']): Replayable | undefined {
  const alone = earlier.filter(({ run }) => run.started !== null && !run.started.oversubscribed);
  const warm = alone.flatMap(({ run, epochs }) => {
    const counted = epochs.filter((epoch) => epoch.epoch > 1 && epoch.steps > 0 && epoch.ranks.length > 0);
    return counted.map((epoch) => ({ epoch, gradientBytes: 4 * run.started!.parameters }));
  });
  if (warm.length === 0) return undefined;
  return {
    calibration: {
      steps: warm.flatMap(({ epoch: { ranks, steps } }) =>
        ranks.map(({ data, compute, optimiser, samples }) => ({
          seconds: Math.max(data + compute + optimiser, 1e-9) / steps,
          size: samples / steps,
        })),
      ),
      epochOverheadSeconds: warm.map(({ epoch }) => Math.min(...epoch.ranks.map(loopSeconds))),
      exchange: exchangeOf(warm),
    },
    sizes: [1],
    words: `the steps of ${alone.length === 1 ? 'an earlier run' : `${alone.length} earlier runs`} on this hub, replayed over the sampler`,
  };
}

/** What of a rank's epoch is none of its four parts. */
function loopSeconds(rank: EpochEvent['ranks'][number]): number {
  return Math.max(0, rank.seconds - rank.data - rank.compute - rank.communication - rank.optimiser);
}

/**
 * The exchange between ranks, from the rank that waited least in each epoch: one time cannot tell latency from
 * bandwidth, so half of it is put down to each.
 */
function exchangeOf(
  warm: readonly { readonly epoch: EpochEvent; readonly gradientBytes: number }[],
): Calibration['exchange'] {
  const several = warm.filter(({ epoch }) => epoch.ranks.length > 1);
  const [first] = several;
  if (first === undefined) return null;
  const times = several
    .map(({ epoch }) => ({
      ranks: epoch.ranks.length,
      seconds: Math.min(...epoch.ranks.map((rank) => rank.communication)) / epoch.steps,
    }))
    .sort((a, b) => a.seconds - b.seconds);
  const { ranks, seconds } = times[times.length >> 1]!;
  const half = Math.max(seconds, 1e-7) / 2;
  return {
    latencySeconds: half / Math.ceil(Math.log2(ranks)),
    bytesPerSecond: (2 * (ranks - 1) * first.gradientBytes) / (ranks * half),
    gradientBytes: first.gradientBytes,
  };
}

function measured(run: RunView, epochs: readonly EpochEvent[]) {
  return pointOfRun({
    id: run.id,
    series: '',
    devices: run.spec.devices,
    repeat: run.spec.repeat,
    protocol: 'fixed-per-device-batch',
    batchPerDevice: run.spec.training.batchPerDevice,
    oversubscribed: run.started?.oversubscribed ?? false,
    epochs,
  });
}

/** The median of times and the band that holds most of them. */
function banded(seconds: readonly number[]): NonNullable<RunPlan['forecast']> {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below);
  };
  return { seconds: at(0.5), low: at((1 - level) / 2), high: at((1 + level) / 2) };
}

function list(counts: readonly number[], thing = 'device'): string {
  if (counts.length === 1) return counts[0] === 1 ? `1 ${thing}` : `${counts[0]} ${thing}s`;
  return `${counts.slice(0, -1).join(', ')} and ${counts.at(-1)} ${thing}s`;
}
