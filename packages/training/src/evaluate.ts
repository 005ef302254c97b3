import { collateShare } from './data.ts';
import type { Bench } from './epoch.ts';
import { absoluteErrors, type ErrorSum, meanAbsoluteError } from './metrics.ts';
import type { Normalisation } from './normalise.ts';
import { dealOut, samplesPerRank, stepShare } from './sampler.ts';

export interface Evaluation {
  /** Over all ranks, in the target's own unit; null where the split is empty or the ranks were asked to stop. */
  readonly mae: number | null;
  readonly stopped: boolean;
  readonly seconds: number;
}

/** Mean absolute error over a split, each rank on its share of it. All ranks return the same error. */
export async function evaluate(
  bench: Bench,
  split: ArrayLike<number>,
  normalisation: Normalisation,
): Promise<Evaluation> {
  const { data, spec, collective, learner } = bench;
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const places = Uint32Array.from({ length: split.length }, (_, i) => i);
  const share = dealOut(places, collective.rank, collective.size);
  const steps = Math.ceil(
    samplesPerRank({ samples: split.length, ranks: collective.size }) / spec.batchPerDevice,
  );
  const stop = new Float32Array(1);
  let own: ErrorSum = { sum: 0, count: 0 };
  for (let step = 0; step < steps; step++) {
    stop[0] = bench.shouldStop() ? 1 : 0;
    await collective.allReduce(stop);
    if (stop[0] > 0) return { mae: null, stopped: true, seconds: seconds() };
    const { order, counted } = stepShare(share, step, spec.batchPerDevice);
    // Nothing is gained here by computing repeats.
    if (counted === 0) continue;
    const part = collateShare(data, split, { order: order.subarray(0, counted), counted });
    const ready = learner.ready(part);
    const predictions = await learner.predict(ready);
    ready.dispose();
    const errors = absoluteErrors(predictions, part.batch.y, counted, normalisation);
    own = { sum: own.sum + errors.sum, count: own.count + errors.count };
  }
  const mae = await meanAbsoluteError(collective, own);
  return { mae, stopped: false, seconds: seconds() };
}
