import type { RankedFit } from './choose.ts';
import type { CurvePoint } from './curve.ts';
import type { Fit } from './laws/law.ts';
import { stepCounter } from './laws/steps.ts';
import { devices, duration, percent } from './words.ts';

/** One reason why an epoch takes the time it takes. */
export interface Cause {
  readonly kind: 'fixed' | 'unclear' | 'steps' | 'communication' | 'scaling-well';
  /** "0.85 s of each epoch does not shrink with more devices: at 64 devices it is 61 % of the epoch." */
  readonly says: string;
  /** What that suggests doing. */
  readonly action: string;
}

/** A fixed cost below this share of the largest count's epoch is not worth a sentence. */
const worthSaying = 0.1;

/** The laws whose parameters are seconds of something. */
const mechanistic = new Set(['overhead', 'staircase', 'staircase-communication', 'staircase-ring']);

/**
 * Read the best-weighted mechanistic law in words. Before a choice can be made (fewer than five counts) the overhead
 * law is read, being the simplest that has a mechanism. Empty where none is fitted.
 */
export function mechanismOf(fits: readonly RankedFit[], curve: readonly CurvePoint[]): Cause[] {
  const best = fits
    .filter(({ fit }) => mechanistic.has(fit.law.name))
    .reduce<RankedFit | undefined>(
      (a, b) => (a === undefined || (b.weight ?? 0) > (a.weight ?? 0) ? b : a),
      undefined,
    );
  if (!best) return [];
  const { fit } = best;
  const { devices: largest, seconds: epoch } = curve[curve.length - 1];
  const causes = [fixedCost(fit, curve, epoch), fewSteps(fit, largest), communication(fit, largest)].flatMap(
    (cause) => cause ?? [],
  );
  if (causes.length > 0) return causes;
  return [
    {
      kind: 'scaling-well',
      says: `Up to ${devices(largest)} nearly all of the epoch divides among the devices.`,
      action: 'Measure a larger count: the point of diminishing return lies beyond these.',
    },
  ];
}

function fixedCost(fit: Fit, curve: readonly CurvePoint[], epoch: number): Cause | undefined {
  const fixed = fit.value('c');
  if (fixed / epoch < worthSaying) return undefined;
  const interval = fit.estimates.find(({ symbol }) => symbol === 'c')?.interval;
  if (interval && interval.low <= 0) return unclear(interval.high, epoch);
  // Said of the first count at which it is more than half, else of the largest.
  const at = curve.find((point) => fixed / fit.predict(point.devices) > 0.5) ?? curve[curve.length - 1];
  return {
    kind: 'fixed',
    says: `${duration(fixed)} of each epoch does not shrink with more devices: at ${devices(at.devices)} it is ${percent(fixed / fit.predict(at.devices))} of the epoch.`,
    action:
      'Look for what every epoch pays once: starting data loaders, the first batch, validation, logging, checkpoints; or give each epoch more samples.',
  };
}

/** The interval of the fixed cost reaches down to nothing: a number would claim what the times do not say. */
function unclear(atMost: number, epoch: number): Cause {
  const bound = atMost < epoch ? `at most ${duration(atMost)}` : 'anything from none of it to all of it';
  return {
    kind: 'unclear',
    says: `These times cannot tell how much of an epoch does not shrink with more devices: ${bound}.`,
    action: 'Measure more device counts, or repeat these.',
  };
}

function fewSteps(fit: Fit, largest: number): Cause | undefined {
  const steps = stepCounter(fit.context);
  if (!steps || steps(largest) >= 10) return undefined;
  const { samples, batchPerDevice } = fit.context;
  const last = Math.ceil((samples ?? 0) / (batchPerDevice ?? 1));
  return {
    kind: 'steps',
    says: `At ${devices(largest)} an epoch is ${steps(largest)} step${steps(largest) === 1 ? '' : 's'}; from ${devices(last)} on it is one, and no further device shortens it.`,
    action: 'A smaller batch per device gives more steps to share, and keeps the global batch from growing.',
  };
}

function communication(fit: Fit, largest: number): Cause | undefined {
  if (!fit.law.name.startsWith('staircase-')) return undefined;
  const [, a, d] = fit.theta;
  const growth = fit.law.name === 'staircase-ring' ? (largest - 1) / largest : Math.log2(largest);
  const share = (d * growth) / (a + d * growth);
  if (share < worthSaying) return undefined;
  return {
    kind: 'communication',
    says: `At ${devices(largest)} exchanging gradients is ${percent(share)} of a step (${duration(d * growth)} of ${duration(a + d * growth)}).`,
    action:
      'A larger batch per device, or a faster network between nodes, makes the exchange a smaller share.',
  };
}
