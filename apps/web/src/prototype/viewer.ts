import { type Batch, collate, type MoleculeGraphs, type MoleculeSet } from '@litmatter/molecules';
import type { TrainingData } from '@litmatter/training';
import type { StepTrainer } from '@litmatter/training/stepwise';
import { atomByAtom, contributionsOf, shapeOf } from './atoms.ts';
import type { LookBy, Report } from './messages.ts';
import type { Scores } from './scores.ts';

export interface Look {
  readonly by: LookBy;
  readonly at: number;
}

/** What is known of a molecule beside its shape: where it stands, and the truth where there is one. */
type Known = Pick<Extract<Report, { type: 'molecule' }>, 'place' | 'of' | 'rank' | 'truth'>;

/** The molecule that a person looks at, with what the model says of it and of each of its atoms. */
export class Viewer {
  readonly #data: TrainingData;
  readonly #post: (report: Report) => void;
  #look: Look = { by: 'place', at: 0 };
  #wanted = false;
  /** Molecules with nothing to learn. */
  #own: { readonly set: MoleculeSet; readonly graphs: MoleculeGraphs } | undefined;
  #sumsOverAtoms = true;

  constructor(data: TrainingData, post: (report: Report) => void) {
    this.#data = data;
    this.#post = post;
  }

  /** Whether another molecule, or other molecules, are there to be shown. */
  get wanted(): boolean {
    return this.#wanted;
  }

  look(look: Look): void {
    this.#look = look;
    this.#wanted = true;
  }

  /** Molecules that have been predicted: shown at once where such are looked at. */
  setOwn(set: MoleculeSet, graphs: MoleculeGraphs): void {
    this.#own = { set, graphs };
    this.#wanted = this.#look.by === 'own';
  }

  /** Post the molecule looked at, with what the model says of it now. */
  async show(trainer: StepTrainer, scores: Scores | undefined): Promise<void> {
    this.#wanted = false;
    if (this.#look.by === 'own') return this.#showOwn(trainer);
    const { set, graphs, target, split } = this.#data;
    const { validation } = split;
    if (!scores || validation.length === 0) return;
    const { by, at } = this.#look;
    const index = at % validation.length;
    const place = by === 'place' ? index : scores.worstFirst[index]!;
    const m = validation[place]!;
    const batch = collate(set, graphs, [m], target);
    const rank = scores.worstFirst.indexOf(place) + 1;
    const known = { place, of: validation.length, rank, truth: batch.y[0]! };
    await this.#postMolecule(trainer, 'validation', shapeOf(set, m), batch, known);
  }

  async #showOwn(trainer: StepTrainer): Promise<void> {
    if (!this.#own) return;
    const { set, graphs } = this.#own;
    const place = this.#look.at % set.size;
    const known = { place, of: set.size, rank: null, truth: null };
    await this.#postMolecule(trainer, 'own', shapeOf(set, place), collate(set, graphs, [place]), known);
  }

  async #postMolecule(
    trainer: StepTrainer,
    from: 'validation' | 'own',
    shape: ReturnType<typeof shapeOf>,
    batch: Batch,
    known: Known,
  ): Promise<void> {
    const [predicted = Number.NaN] = await trainer.predict(batch);
    const contributions = await this.#contributions(trainer, batch, predicted);
    this.#post({ type: 'molecule', from, ...known, ...shape, predicted, contributions });
  }

  async #contributions(trainer: StepTrainer, batch: Batch, predicted: number): Promise<number[] | null> {
    if (!this.#sumsOverAtoms) return null;
    const parts = await trainer.predict(atomByAtom(batch));
    const contributions = contributionsOf(predicted, parts, trainer.state.normalisation);
    this.#sumsOverAtoms = contributions !== null;
    return contributions;
  }
}
