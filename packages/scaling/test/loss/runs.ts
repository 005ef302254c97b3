import type { RunView } from '@litmatter/protocol';
import type { LossRun } from '../../src/loss/points.ts';

interface Cell {
  /** Least validation error, reached in the epoch before the last. */
  readonly loss: number;
  readonly molecules?: number;
  readonly parameters?: number;
  readonly options?: Record<string, unknown>;
  readonly devices?: number;
  readonly repeat?: number;
  readonly used?: number;
  readonly preset?: string;
}

/** A finished run of three epochs. */
export function lossRun(id: string, cell: Cell): LossRun {
  const { loss, molecules = 1_000, parameters = 60_000, options = {}, devices = 1, repeat = 0 } = cell;
  const spec = {
    model: { name: 'schnet', preset: cell.preset ?? 'small', options },
    dataset: {
      name: 'bundled',
      options: {},
      split: { train: 0.8, validation: 0.1, test: 0.1, seed: 42 },
      ...(cell.used !== undefined && { limit: 64_000, used: cell.used }),
    },
    training: { epochs: 3, batchPerDevice: 32 },
    devices,
    repeat,
  } as unknown as RunView['spec'];
  const started = { trainSamples: molecules, parameters } as unknown as NonNullable<RunView['started']>;
  return {
    view: { id, spec, started, state: 'succeeded' },
    epochs: [3 * loss, loss, 1.1 * loss].map((validationMae) => ({ validationMae })),
  };
}
