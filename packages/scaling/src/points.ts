import type { EpochEvent, RunView } from '@litmatter/protocol';
import { median, medianAbsoluteDeviation } from './math/stats.ts';

/**
 * What is held fixed while the number of devices n varies:
 * - `fixed-per-device-batch`: samples N and batch per device b; the global batch b n grows (the paper's)
 * - `strong`: samples N and the global batch
 * - `weak`: samples per device; the work grows with n
 * Times of different protocols never share a fit.
 */
export type Protocol = 'fixed-per-device-batch' | 'strong' | 'weak';

/** The parts of an epoch record that times are made of. */
export type EpochRecord = Pick<
  EpochEvent,
  'attempt' | 'epoch' | 'seconds' | 'steps' | 'samples' | 'padded' | 'imbalance'
>;

/** One run and what it has measured so far. */
export interface MeasuredRun {
  readonly id: string;
  /** Runs of the same series differ in device count and repeat alone. */
  readonly series: string;
  readonly devices: number;
  readonly repeat: number;
  readonly protocol: Protocol;
  readonly batchPerDevice: number;
  /** More ranks than cores or devices. */
  readonly oversubscribed: boolean;
  readonly epochs: readonly EpochRecord[];
}

/** One run as one point of a scaling curve. Repeats of a device count are separate points. */
export interface Point {
  readonly run: string;
  readonly series: string;
  readonly protocol: Protocol;
  /** n */
  readonly devices: number;
  readonly repeat: number;
  /** t(n): median seconds of the counted epochs, each epoch the slowest rank's. */
  readonly seconds: number;
  /** Median absolute deviation of the counted epochs, seconds; 0 where there is one. */
  readonly spread: number;
  /** The counted epochs themselves, in the order they were made; empty where only t(n) is known (a CSV). */
  readonly epochSeconds: readonly number[];
  /** True where no epoch but a first one exists: the time then holds compiling and filling caches. */
  readonly warmUpOnly: boolean;
  readonly oversubscribed: boolean;
  /** N, b, ceil(N/(b n)), b n: null where not known. */
  readonly samples: number | null;
  readonly batchPerDevice: number | null;
  readonly steps: number | null;
  readonly globalBatch: number | null;
  /** Share of samples repeated so that every rank has as many: padded / samples. */
  readonly padding: number | null;
  /** Slowest rank / mean rank, median over the counted epochs. */
  readonly imbalance: number | null;
}

/** s(n) = ceil(N / (b n)): steps per epoch under data parallelism; at least 1. */
export function stepsPerEpoch(samples: number, batchPerDevice: number, devices: number): number {
  return Math.max(1, Math.ceil(samples / (batchPerDevice * devices)));
}

/**
 * A run's epochs as one point. The first epoch of each attempt compiles and fills caches and is left out, unless
 * nothing else exists. Returns undefined for a run without a measured epoch.
 */
export function pointOfRun(run: MeasuredRun): Point | undefined {
  const timed = run.epochs.filter((epoch) => epoch.seconds > 0);
  if (timed.length === 0) return undefined;
  const firstOfAttempt = new Map<number, number>();
  for (const { attempt, epoch } of timed)
    firstOfAttempt.set(attempt, Math.min(epoch, firstOfAttempt.get(attempt) ?? Number.POSITIVE_INFINITY));
  const warm = timed.filter((epoch) => epoch.epoch !== firstOfAttempt.get(epoch.attempt));
  const counted = warm.length > 0 ? warm : timed;
  const epochSeconds = counted.map((epoch) => epoch.seconds);
  const last = counted[counted.length - 1];
  return {
    run: run.id,
    series: run.series,
    protocol: run.protocol,
    devices: run.devices,
    repeat: run.repeat,
    seconds: median(epochSeconds),
    spread: medianAbsoluteDeviation(epochSeconds),
    epochSeconds,
    warmUpOnly: warm.length === 0,
    oversubscribed: run.oversubscribed,
    samples: last.samples,
    batchPerDevice: run.batchPerDevice,
    steps: last.steps,
    globalBatch: run.batchPerDevice * run.devices,
    padding: last.samples > 0 ? last.padded / last.samples : null,
    imbalance: median(counted.map((epoch) => epoch.imbalance)),
  };
}

/**
 * "schnet small", "schnet small {hiddenChannels 64}", "schnet small, 1,000 molecules": what names a series on charts and
 * in tables. The number of molecules is told where an experiment compares several.
 */
export function seriesName({ model, dataset }: Pick<RunView['spec'], 'model' | 'dataset'>): string {
  const changed = Object.entries(model.options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const options = changed.length > 0 ? ` {${changed.join(', ')}}` : '';
  const size = dataset.used === undefined ? '' : `, ${dataset.used.toLocaleString('en')} molecules`;
  return `${model.name} ${model.preset}${options}${size}`;
}

/**
 * The points of an experiment as the hub shows it: runs without an epoch are left out. An experiment holds the data
 * set and the batch per device fixed, so its protocol is the paper's.
 */
export function pointsOfRuns(
  runs: readonly Pick<RunView, 'id' | 'spec' | 'started'>[],
  epochs: readonly (EpochRecord & { readonly run: string })[],
): Point[] {
  const epochsOf = Map.groupBy(epochs, (epoch) => epoch.run);
  return runs.flatMap((run) => {
    const point = pointOfRun({
      id: run.id,
      series: seriesName(run.spec),
      devices: run.spec.devices,
      repeat: run.spec.repeat,
      protocol: 'fixed-per-device-batch',
      batchPerDevice: run.spec.training.batchPerDevice,
      oversubscribed: run.started?.oversubscribed ?? false,
      epochs: epochsOf.get(run.id) ?? [],
    });
    return point ? [point] : [];
  });
}

/** A time read from a file: nothing but devices and seconds is certain. */
export interface TimedRow {
  readonly devices: number;
  readonly seconds: number;
  readonly repeat?: number | undefined;
}

/**
 * Points of times someone else measured.
 * @param known - N and b, where they are known: they open the laws that count steps
 */
export function pointsOfTimes(
  rows: readonly TimedRow[],
  known: { samples?: number | undefined; batchPerDevice?: number | undefined; series?: string } = {},
): Point[] {
  const { samples = null, batchPerDevice = null, series = 'points' } = known;
  return rows.map(({ devices, seconds, repeat = 0 }, index) => ({
    run: `${series}-${index + 1}`,
    series,
    protocol: 'fixed-per-device-batch',
    devices,
    repeat,
    seconds,
    spread: 0,
    epochSeconds: [],
    warmUpOnly: false,
    oversubscribed: false,
    samples,
    batchPerDevice,
    steps:
      samples !== null && batchPerDevice !== null ? stepsPerEpoch(samples, batchPerDevice, devices) : null,
    globalBatch: batchPerDevice === null ? null : batchPerDevice * devices,
    padding: samples === null ? null : (Math.ceil(samples / devices) * devices - samples) / samples,
    imbalance: null,
  }));
}
