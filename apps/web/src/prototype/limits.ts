import { collate } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import type { StepTrainer } from '@litmatter/training/stepwise';
import type { Largest } from './messages.ts';

/**
 * The largest batch whose tensors all fit into a device's buffers: the step of one molecule and that of two tell how
 * each tensor grows. The molecule is the one whose size is nearest to the mean; batches are held a fifth below, since
 * some are of larger molecules than others.
 *
 * @param bytes - that a buffer may hold
 */
export async function largestBatch(
  trainer: Pick<StepTrainer, 'tensorBytes'>,
  { set, graphs, split, target }: TrainingData,
  bytes: number,
): Promise<Largest> {
  const typical = typicalOf(graphs.rowOffsets, set.atomOffsets, split.train);
  const sizes = (count: number) => collate(set, graphs, Array(count).fill(typical), target);
  const one = await trainer.tensorBytes(sizes(1));
  const two = await trainer.tensorBytes(sizes(2));
  let batch = Number.POSITIVE_INFINITY;
  for (const [k, small] of one.entries()) {
    const growth = (two[k] ?? small) - small;
    if (growth > 0) batch = Math.min(batch, (0.8 * (bytes - small)) / growth + 1);
  }
  return { batch: Math.max(0, Math.min(65_536, Math.floor(batch))), bytes };
}

/** The training molecule whose number of neighbours is nearest to the mean. */
function typicalOf(rowOffsets: Uint32Array, atomOffsets: Uint32Array, train: ArrayLike<number>): number {
  const pairs = (m: number) => rowOffsets[atomOffsets[m + 1]!]! - rowOffsets[atomOffsets[m]!]!;
  const all = Array.from(train);
  const mean = all.reduce((sum, m) => sum + pairs(m), 0) / all.length;
  return all.reduce((best, m) => (Math.abs(pairs(m) - mean) < Math.abs(pairs(best) - mean) ? m : best));
}

/** @throws InputError where a batch is larger than the device takes */
export function checkBatch(batch: number, { batch: most, bytes }: Largest): void {
  if (batch <= most) return;
  const buffers = `this device’s buffers hold ${Math.floor(bytes / 2 ** 20)} MiB`;
  if (most < 1) {
    throw new InputError(
      `The model does not fit this device: ${buffers}, and a single molecule needs more. Choose a smaller preset, or WebAssembly as the backend.`,
      { 'models.0.preset': 'does not fit this device' },
    );
  }
  throw new InputError(
    `A batch of ${batch} molecules does not fit this device: ${buffers}, which is about ${most} of these molecules in this model. ` +
      `Take a batch of ${most} or fewer, or WebAssembly as the backend.`,
    { 'training.batchPerDevice': `about ${most} fit this device` },
  );
}
