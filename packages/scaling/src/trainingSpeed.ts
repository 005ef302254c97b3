/** How fast a setting learns, from its training losses alone: it ranks settings before any of them has finished. */
export interface TrainingSpeed {
  /** TSE: sum of the mean training losses of the epochs so far. Less is faster. */
  readonly sum: number;
  /** TSE-EMA: the same with epoch k of T weighted by decay^(T-k): the first epochs, which say least, fade. */
  readonly faded: number;
  /** T */
  readonly epochs: number;
}

/** Weight of an epoch against the one after it. */
const decay = 0.9;

/**
 * Training-speed estimators over whole epochs. Compare them only between settings with the same loss and target, after
 * the same number of epochs. The decay is by epoch here.
 *
 * Source: Ru, Lyle, Schut, Fil, van der Wilk, Gal, Speedy performance estimation for neural architecture search (2021).
 *
 * @param losses - [T] mean training loss of each epoch, in order
 * @param epochs - how many of them count; all where not given
 * @returns undefined where there are fewer losses than that, none, or one that is not finite (it diverged)
 */
export function trainingSpeed(
  losses: readonly number[],
  epochs: number = losses.length,
): TrainingSpeed | undefined {
  const counted = losses.slice(0, epochs);
  if (epochs < 1 || counted.length < epochs || !counted.every(Number.isFinite)) return undefined;
  return {
    sum: counted.reduce((sum, loss) => sum + loss, 0),
    faded: counted.reduce((sum, loss) => decay * sum + loss, 0),
    epochs,
  };
}
