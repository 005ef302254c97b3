import { type Point, pointsOfTimes, stepsPerEpoch } from '../points.ts';
import { type PaperModel, paper, type Reading } from './paper.ts';

/** The label every drawing of these points must carry. */
export const reconstructionLabel = 'reconstructed from the paper’s endpoints';

/** A curve of the paper, from two of its times and the number of steps. */
export interface Reconstruction {
  readonly model: PaperModel;
  readonly reading: Reading;
  /** Seconds of each epoch that no device count shrinks. */
  readonly fixedSeconds: number;
  readonly stepSeconds: number;
  /** t(n) = fixed + step ceil(N/(b n)) at the counts the paper ran. */
  readonly points: readonly Point[];
}

/**
 * The staircase t = c + a s(n) through a reading's two times. Nothing is fitted to Table 1, yet a power law through
 * these points has its exponents and R^2: they follow from a fixed cost per epoch and a number of steps.
 */
export function reconstruct(model: PaperModel, reading: Reading = model.readings[0]): Reconstruction {
  const { samples } = model;
  const steps = (n: number) => stepsPerEpoch(samples, paper.batchPerDevice, n);
  const { first, last } = reading;
  const stepSeconds = (first.seconds - last.seconds) / (steps(first.devices) - steps(last.devices));
  const fixedSeconds = first.seconds - stepSeconds * steps(first.devices);
  const times = model.counts.map((devices) => ({
    devices,
    seconds: fixedSeconds + stepSeconds * steps(devices),
  }));
  return {
    model,
    reading,
    fixedSeconds,
    stepSeconds,
    points: pointsOfTimes(times, {
      samples,
      batchPerDevice: paper.batchPerDevice,
      series: `${model.title} (${reconstructionLabel})`,
    }),
  };
}

/** Every model's preferred reading: the demo experiment. */
export function reconstructions(): Reconstruction[] {
  return paper.models.map((model: PaperModel) => reconstruct(model));
}
