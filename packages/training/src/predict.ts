import type { Model, Weights } from '@litmatter/models';
import {
  atomTypeColumn,
  type Batch,
  buildGraphs,
  collate,
  type GraphSpec,
  type MoleculeSet,
  moleculeId,
  selectMolecules,
} from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import { Learner } from './learner.ts';
import type { Normalisation } from './normalise.ts';

/** A trained model on the current backend. */
export class Predictor {
  readonly #learner: Learner;
  readonly #normalisation: Normalisation;

  /**
   * @param normalisation - of the target it was trained on; `noNormalisation` gives what the model itself says
   */
  constructor(model: Model, weights: Weights, normalisation: Normalisation) {
    // The loss is for training alone.
    this.#learner = new Learner(model, 'mse', normalisation);
    this.#learner.setWeights(weights);
    this.#normalisation = normalisation;
  }

  /** In the target's own unit: [M]. */
  async predict(batch: Batch): Promise<Float64Array> {
    const { mean, std } = this.#normalisation;
    const ready = this.#learner.ready({ batch, counted: batch.molecules });
    try {
      return Float64Array.from(await this.#learner.predict(ready), (value) => value * std + mean);
    } finally {
      ready.dispose();
    }
  }

  /** Put a batch there and away again: whether the model knows its atoms. @throws InputError where it does not */
  check(batch: Batch): void {
    this.#learner.ready({ batch, counted: batch.molecules }).dispose();
  }

  dispose(): void {
    this.#learner.dispose();
  }
}

/** What can predict batches: a `Predictor`, or a `StepTrainer` in the midst of its training. */
export type BatchPredictor = Pick<Predictor, 'predict' | 'check'>;

export interface Prediction {
  /** Place in the set. */
  readonly molecule: number;
  /** The molecule's name; where it has none, its number in its source, from 1. */
  readonly id: string;
  /** In the target's own unit. */
  readonly prediction: number;
}

/**
 * Predict every molecule of a set, batch by batch as they are asked for. Before the first, one molecule of each element
 * (and atom type) is tried, so that what a model does not know is told before anything is predicted.
 *
 * @param set - suited to the graph (see `suitMolecules`)
 * @param what - how the set is called in sentences: its file's name
 * @throws InputError naming the molecule that the model cannot compute, or whose prediction is not a finite number
 */
export async function* predictMolecules(
  predictor: BatchPredictor,
  set: MoleculeSet,
  graph: GraphSpec,
  { what, batchSize }: { readonly what: string; readonly batchSize: number },
): AsyncGenerator<readonly Prediction[]> {
  const named = (m: number) => moleculeId(set, m) || String(set.sourceIndex[m] + 1);
  const fault = (m: number, message: string) =>
    new InputError(`${what}, molecule ${set.sourceIndex[m] + 1} ("${named(m)}"): ${message}`);
  const batchOf = (places: readonly number[]): Batch => {
    const part = selectMolecules(set, places);
    return collate(
      part,
      buildGraphs(part, graph),
      places.map((_, k) => k),
    );
  };
  /** Say of a batch that cannot be computed which of its molecules it is. */
  const blaming = async <T>(places: readonly number[], work: (batch: Batch) => Promise<T>): Promise<T> => {
    try {
      return await work(batchOf(places));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const m of places) {
        try {
          await work(batchOf([m]));
        } catch (own) {
          if (own instanceof InputError) throw fault(m, own.message);
        }
      }
      throw error;
    }
  };

  for (const m of firstOfEachKind(set)) await blaming([m], async (batch) => predictor.check(batch));
  for (let first = 0; first < set.size; first += batchSize) {
    const places = Array.from({ length: Math.min(batchSize, set.size - first) }, (_, k) => first + k);
    const values = await blaming(places, (batch) => predictor.predict(batch));
    yield places.map((m, k) => {
      const prediction = values[k];
      if (Number.isFinite(prediction)) return { molecule: m, id: named(m), prediction };
      throw fault(m, `the prediction is ${prediction}, not a finite number. Leave the molecule out.`);
    });
  }
}

/** The first molecule with each element, or with each element of each type where atoms have types. */
function firstOfEachKind({ size, atomOffsets, atomicNumbers, atomColumns }: MoleculeSet): number[] {
  const types = Object.hasOwn(atomColumns, atomTypeColumn) ? atomColumns[atomTypeColumn] : undefined;
  const seen = new Set<number>();
  const chosen: number[] = [];
  for (let m = 0; m < size; m++) {
    const before = seen.size;
    for (let a = atomOffsets[m]; a < atomOffsets[m + 1]; a++) {
      seen.add(256 * (types?.[a] ?? 0) + atomicNumbers[a]);
    }
    if (seen.size > before) chosen.push(m);
  }
  return chosen;
}
