import type { Interval } from './laws/law.ts';
import { nonNegativeLeastSquares } from './math/linear.ts';
import { type Random, randomOf } from './math/random.ts';
import { mean, quantile } from './math/stats.ts';
import { stepsPerEpoch } from './points.ts';

/** One measured step of one rank: reading, computing and optimising, the exchange of gradients not included. */
export interface CalibrationStep {
  readonly seconds: number;
  /** Of its batch, in the unit of `Workload.sizes`: atoms, or edges. */
  readonly size: number;
}

/** Epochs of several ranks at once on the machine of the trial, each of the same few samples. */
export interface Together {
  readonly ranks: number;
  /** Samples of a rank in one step. */
  readonly batch: number;
  /** Of the samples of one epoch, in the unit of `Workload.sizes`. */
  readonly sizes: readonly number[];
  /** Of whole epochs, each the slowest rank's. */
  readonly seconds: readonly number[];
}

/** What a short trial on one machine measured. */
export interface Calibration {
  /** Steps of one rank alone, after the first ones, which compile. Batches of two sizes or more let the size's part be told apart. */
  readonly steps: readonly CalibrationStep[];
  /** Ranks that shared the machine: what they lose to each other is taken from these. None: nothing, as far as is known. */
  readonly together?: readonly Together[];
  /** Devices of that machine that work at once; more ranks share them. Null: as many as ranks. */
  readonly devicesAtOnce?: number | null;
  /** Seconds of whole epochs outside their steps; empty counts as none. */
  readonly epochOverheadSeconds: readonly number[];
  /** Null where only one rank could be tried: exchanging gradients is then left out, and the forecast is a lower bound. */
  readonly exchange: Exchange | null;
}

/** An all-reduce as latency and bandwidth (Hockney's model). */
export interface Exchange {
  /** Seconds of a small all-reduce between two ranks. */
  readonly latencySeconds: number;
  /** Bytes per second that pass between two ranks. */
  readonly bytesPerSecond: number;
  /** 4 bytes a parameter. */
  readonly gradientBytes: number;
}

/** What is to be trained. */
export interface Workload {
  /** N, training samples per epoch. */
  readonly samples: number;
  /** b */
  readonly batchPerDevice: number;
  /** Size of each training sample, or of a sample of them; it deals out work unevenly and makes stragglers. */
  readonly sizes: ArrayLike<number>;
  /** Devices that can work at once; more ranks share them. Null: as many as are asked for. */
  readonly devicesAtOnce: number | null;
  /** Ranks on one machine at most: so many contend with each other. Null or absent: all are on one. */
  readonly ranksPerNode?: number | null;
}

/** Seconds per epoch on `devices` devices, as replayed. */
export interface ForecastPoint {
  readonly devices: number;
  /** Mean over the replays. */
  readonly seconds: number;
  /** Band in which an epoch's time lies, at `level`, as far as the trial can tell. */
  readonly interval: Interval;
  readonly steps: number;
  readonly globalBatch: number;
  /** Repeated samples / samples. */
  readonly padding: number;
  /** Of an epoch's mean seconds: waiting for the slowest rank, and exchanging gradients. */
  readonly stragglerSeconds: number;
  readonly exchangeSeconds: number;
  /** What ranks on one machine lose to each other: their epoch over what it would be with a machine each. 1: nothing. */
  readonly contention: number;
  readonly oversubscribed: boolean;
}

export interface ForecastOptions {
  readonly replays?: number;
  readonly seed?: number;
  readonly level?: number;
  /**
   * Relative standard deviation between what a trial of a few seconds and a run of the same measure, which no trial
   * shows of itself: other pages of memory, other moments of the machine. It widens the band.
   */
  readonly betweenRuns?: number;
}

/** An epoch of more steps is replayed by this many of them, evenly taken: steps of one epoch are alike. */
const mostSteps = 48;

/**
 * Seconds per epoch before anything ran, by replaying the distributed sampler over a trial's step times: each replay
 * shuffles the samples, wraps them to a multiple of n, deals them out in turns, and lets every step last as long as its
 * slowest rank and the exchange. Padding, the staircase of steps and stragglers come out of it; the band holds how the
 * trial's own steps and epochs vary (they are resampled for each replay). Pure and seeded.
 *
 * Ranks on one machine share its caches, memory and power. Where the trial trained several at once, its epochs are
 * replayed too, and what they took more than their replay is the contention of so many ranks; in between it grows with
 * ln n, and beyond the most that were tried it stays. Ranks beyond the devices take turns.
 *
 * It knows nothing of what a single machine cannot show, such as a slower network between nodes than the one tried.
 *
 * @param counts - device counts, each 1 or more
 * @throws RangeError for a trial without steps or a workload without samples
 */
export function forecast(
  calibration: Calibration,
  workload: Workload,
  counts: readonly number[],
  { replays = 40, seed = 1, level = 0.9, betweenRuns = 0 }: ForecastOptions = {},
): ForecastPoint[] {
  if (calibration.steps.length === 0) throw new RangeError('A forecast needs at least one measured step.');
  if (workload.samples < 1 || workload.sizes.length === 0)
    throw new RangeError('A forecast needs training samples and their sizes.');
  const random = randomOf(seed);
  let luck = 0;
  const trials = Array.from({ length: replays }, (_, index) => {
    // In pairs, one as much more as the other is less, so that they widen the band and leave its middle.
    luck = index % 2 === 0 ? betweenRuns * random.normal() : -luck;
    const model = stepModel(resample(calibration.steps, random));
    return {
      model,
      overhead:
        calibration.epochOverheadSeconds.length > 0
          ? mean(resample(calibration.epochOverheadSeconds, random))
          : 0,
      contention: contentionOf(calibration, model, random),
      sizes: shuffledSizes(workload, random),
      luck: Math.exp(luck),
    };
  });
  const { ranksPerNode } = workload;
  return counts.map((devices) => {
    const neighbours = Math.min(devices, ranksPerNode ?? devices);
    const epochs = trials.map(({ model, overhead, contention, sizes, luck }) => {
      const epoch = replay(sizes, model, calibration.exchange, workload, devices, random);
      const slowed = contention(neighbours);
      return {
        waiting: slowed * epoch.waiting,
        exchanging: slowed * epoch.exchanging,
        seconds: luck * (slowed * epoch.seconds + overhead),
        slowed,
      };
    });
    const seconds = epochs.map((epoch) => epoch.seconds);
    const perRank = Math.ceil(workload.samples / devices);
    return {
      devices,
      seconds: mean(seconds),
      interval: { low: quantile(seconds, (1 - level) / 2), high: quantile(seconds, (1 + level) / 2) },
      steps: stepsPerEpoch(workload.samples, workload.batchPerDevice, devices),
      globalBatch: devices * workload.batchPerDevice,
      padding: (perRank * devices - workload.samples) / workload.samples,
      stragglerSeconds: mean(epochs.map((epoch) => epoch.waiting)),
      exchangeSeconds: mean(epochs.map((epoch) => epoch.exchanging)),
      contention: mean(epochs.map((epoch) => epoch.slowed)),
      oversubscribed: workload.devicesAtOnce !== null && devices > workload.devicesAtOnce,
    };
  });
}

/** Seconds of an all-reduce of the gradient: log2 n latencies and a ring's 2 (n - 1)/n passes over the bytes. */
export function exchangeTime(exchange: Exchange, ranks: number): number {
  if (ranks === 1) return 0;
  const { latencySeconds, bytesPerSecond, gradientBytes } = exchange;
  return (
    Math.ceil(Math.log2(ranks)) * latencySeconds +
    (2 * (ranks - 1) * gradientBytes) / (ranks * bytesPerSecond)
  );
}

/** A step's seconds = fixed + perSize size, times one of the measured ratios to that. */
interface StepModel {
  readonly fixed: number;
  readonly perSize: number;
  readonly ratios: readonly number[];
}

/** Where all measured steps are of one size, or do not grow with it, every step costs their mean. */
function stepModel(steps: readonly CalibrationStep[]): StepModel {
  const seconds = steps.map((step) => step.seconds);
  const solved =
    steps.length >= 4 &&
    nonNegativeLeastSquares(
      steps.map(({ size, seconds: t }) => [1 / t, size / t]),
      steps.map(() => 1),
    );
  const [fixed, perSize] = solved ? solved.coefficients : [mean(seconds), 0];
  const raw = steps.map(({ size, seconds: t }) => t / (fixed + perSize * size));
  const middle = mean(raw);
  return { fixed: fixed * middle, perSize: perSize * middle, ratios: raw.map((ratio) => ratio / middle) };
}

/** Shuffles of a trial's epochs over which what their slowest ranks wait is averaged. */
const contentionReplays = 8;

/** By how much an epoch of so many ranks on one machine is longer than its replay; 1 for one. */
function contentionOf(
  { together = [], exchange, devicesAtOnce = null }: Calibration,
  model: StepModel,
  random: Random,
): (ranks: number) => number {
  const known = together
    .map(({ ranks, batch, sizes, seconds }) => {
      const small = { samples: sizes.length, batchPerDevice: batch, sizes, devicesAtOnce };
      const replayed = Array.from(
        { length: contentionReplays },
        () => replay(shuffledSizes(small, random), model, exchange, small, ranks, random).seconds,
      );
      return { ranks, factor: mean(resample(seconds, random)) / mean(replayed) };
    })
    .sort((a, b) => a.ranks - b.ranks);
  const points = [{ ranks: 1, factor: 1 }, ...known];
  return (ranks) => {
    const after = points.findIndex((point) => point.ranks >= ranks);
    if (after < 0) return points[points.length - 1].factor;
    if (after === 0) return points[0].factor;
    const [left, right] = [points[after - 1], points[after]];
    const share = Math.log(ranks / left.ranks) / Math.log(right.ranks / left.ranks);
    return left.factor ** (1 - share) * right.factor ** share;
  };
}

interface ReplayedEpoch {
  readonly seconds: number;
  readonly waiting: number;
  readonly exchanging: number;
}

function replay(
  sizes: Float64Array,
  { fixed, perSize, ratios }: StepModel,
  exchange: Exchange | null,
  { batchPerDevice, devicesAtOnce }: Workload,
  devices: number,
  random: Random,
): ReplayedEpoch {
  const samples = sizes.length;
  const perRank = Math.ceil(samples / devices);
  const steps = Math.ceil(perRank / batchPerDevice);
  const full = Math.floor(perRank / batchPerDevice);
  const shown = Math.min(full, mostSteps);
  const exchanging = exchange ? exchangeTime(exchange, devices) : 0;
  let working = 0;
  let waiting = 0;
  // Full steps first, each standing for full/shown of them; then the last, shorter one, if there is one.
  for (let k = 0; k < shown + (steps - full); k++) {
    const step = k < shown ? Math.floor((k * full) / shown) : full;
    const stands = k < shown ? full / shown : 1;
    const from = step * batchPerDevice;
    const to = Math.min(from + batchPerDevice, perRank);
    let slowest = 0;
    let sum = 0;
    for (let rank = 0; rank < devices; rank++) {
      let size = 0;
      for (let place = from; place < to; place++) size += sizes[(rank + place * devices) % samples];
      const time = (fixed + perSize * size) * ratios[random.below(ratios.length)];
      sum += time;
      if (time > slowest) slowest = time;
    }
    // Ranks that share devices take turns: together they need the sum of their times.
    const lasts =
      devicesAtOnce === null ? slowest : Math.max(slowest, sum / Math.min(devices, devicesAtOnce));
    working += stands * lasts;
    waiting += stands * (lasts - sum / devices);
  }
  return { seconds: working + steps * exchanging, waiting, exchanging: steps * exchanging };
}

/** N sizes in random order: the given ones shuffled, or, where they are only a sample, drawn from it. */
function shuffledSizes({ samples, sizes }: Workload, random: Random): Float64Array {
  const order = new Float64Array(samples);
  if (sizes.length !== samples) {
    for (let i = 0; i < samples; i++) order[i] = sizes[random.below(sizes.length)];
    return order;
  }
  for (let i = 0; i < samples; i++) {
    const j = random.below(i + 1);
    order[i] = order[j];
    order[j] = sizes[i];
  }
  return order;
}

function resample<T>(values: readonly T[], random: Random): T[] {
  return values.map(() => values[random.below(values.length)]);
}
