import { countKernels, encodeWeights, type ResolvedModel, readWeights, weightsFrom } from '@litmatter/models';
import { memoryInUse } from '@litmatter/models/usage';
import { collate, moleculeAt } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import { adamState, deserialiseState, serialiseState, type TrainingData } from '@litmatter/training';
import { StepTrainer } from '@litmatter/training/stepwise';
import { version } from '../../package.json';
import { atomByAtom, contributionsOf } from './atoms.ts';
import type { Job, Pace, Position, Report } from './messages.ts';
import { targetWords } from './molecules.ts';
import { type Scores, scoresOf } from './scores.ts';
import { breathe } from './yield.ts';

/** Milliseconds between two progress messages, and between two scores within a long epoch. */
const progressGap = 100;
const scoreGap = 4_000;

type Look = { readonly by: 'place' | 'worst'; readonly at: number };

/** One training in the worker: a job, its data, and where it stands. */
export class Session {
  readonly #job: Job;
  readonly #resolved: ResolvedModel;
  readonly #data: TrainingData;
  readonly #post: (report: Report) => void;
  #trainer: StepTrainer;
  #taken: number;
  #pace: Pace = { steps: 0, perSecond: null };
  #wake: (() => void) | undefined;
  #closed = false;
  #scores: Scores | undefined;
  #look: Look = { by: 'place', at: 0 };
  #lookAgain = false;
  #sumsOverAtoms = true;
  #launches: number | null = null;
  #pending = emptyProgress();
  /** What waits for the step under way to end. */
  readonly #between: (() => Promise<void>)[] = [];
  #postedAt = 0;

  constructor(
    job: Job,
    resolved: ResolvedModel,
    data: TrainingData,
    from: Position | null,
    post: (report: Report) => void,
  ) {
    this.#job = job;
    this.#resolved = resolved;
    this.#data = data;
    this.#post = post;
    this.#taken = from?.taken ?? 0;
    const resume = from && { state: deserialiseState(from.state, 'The saved position'), step: from.step };
    this.#trainer = new StepTrainer(resolved.model, data, job.training, resume ?? undefined);
  }

  facts() {
    const { split } = this.#data;
    return {
      parameters: this.#resolved.model.layout.size,
      train: split.train.length,
      validation: split.validation.length,
      stepsPerEpoch: this.#trainer.stepsPerEpoch,
      batch: this.#job.training.batchPerDevice,
      target: { ...targetWords(this.#job, this.#data), std: this.#trainer.state.normalisation.std },
    };
  }

  /** Steps taken so far and the state they led to, for a new worker to go on from. */
  position(): Position {
    const { state, step } = this.#trainer.position();
    return { state: serialiseState(state), step, taken: this.#taken };
  }

  setPace(pace: Pace): void {
    this.#pace = pace;
    this.#wake?.();
  }

  look(look: Look): void {
    this.#look = look;
    this.#lookAgain = true;
    this.#wake?.();
  }

  /** Forget it: what is under way ends at its next step. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Score, then train as the pace allows until closed. Rejects with what went wrong. */
  async run(): Promise<void> {
    await this.#score();
    // A step may have ended its epoch just before the backend failed.
    if (this.#trainer.stepInEpoch === this.#trainer.stepsPerEpoch) this.#endEpoch();
    while (!this.#closed) {
      const asked = this.#between.shift();
      if (asked) {
        await asked();
        continue;
      }
      if (this.#lookAgain) {
        await this.#show();
        continue;
      }
      const { steps, perSecond } = this.#pace;
      if (steps === 0) {
        this.#flush(true);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      if (steps !== null) this.#pace = { ...this.#pace, steps: steps - 1 };
      const due = performance.now() + (perSecond ? 1_000 / perSecond : 0);
      await this.#step();
      await breathe(perSecond ? due - performance.now() : 0, (wake) => {
        this.#wake = wake;
      });
    }
    this.#trainer.dispose();
  }

  async #step(): Promise<void> {
    const start = performance.now();
    const outcome = this.#taken === 2 ? await this.#countedStep() : await this.#trainer.step();
    this.#taken++;
    const { epoch, step, loss, molecules } = outcome;
    const at = epoch - 1 + step / this.#trainer.stepsPerEpoch;
    this.#pending.at.push(at);
    this.#pending.loss.push(loss);
    this.#pending.molecules += molecules;
    this.#pending.seconds += (performance.now() - start) / 1_000;
    this.#flush(false);
    if (outcome.epochDone) {
      await this.#score();
      if (!this.#closed) this.#endEpoch(loss);
    } else if (performance.now() > (this.#scores?.madeAt ?? 0) + scoreGap) {
      await this.#score();
    }
  }

  #endEpoch(loss = Number.POSITIVE_INFINITY): void {
    this.#trainer.endEpoch(this.#scores?.mae ?? loss);
  }

  /** A step whose kernel launches are counted: the third, when shaders are built and tables uploaded. */
  async #countedStep() {
    let step: ReturnType<StepTrainer['step']> | undefined;
    const { launches } = await countKernels(() => {
      step = this.#trainer.step();
    });
    this.#launches = launches;
    return step!;
  }

  #flush(whole: boolean): void {
    const now = performance.now();
    if (!whole && now < this.#postedAt + progressGap) return;
    this.#postedAt = now;
    const { at, loss, molecules, seconds } = this.#pending;
    this.#pending = emptyProgress();
    const { epoch } = this.#trainer.state;
    const { stepInEpoch: step } = this.#trainer;
    this.#post({
      type: 'progress',
      taken: this.#taken,
      epoch: epoch + (step > 0 ? 1 : 0),
      step,
      at: Float32Array.from(at),
      loss: Float32Array.from(loss),
      molecules,
      seconds,
      memory: memoryInUse(),
      launches: this.#launches,
      learningRate: this.#trainer.state.schedule.learningRate,
      // Within a step it is not over: its epoch may still have to be scored.
      running: !whole || this.#pace.steps !== 0,
    });
  }

  async #score(): Promise<Scores | undefined> {
    const { training } = this.#job;
    const scores = await scoresOf(this.#trainer, this.#data, training, () => this.#closed);
    if (this.#closed) return undefined;
    this.#scores = scores;
    const { epoch } = this.#trainer.state;
    const at = epoch + this.#trainer.stepInEpoch / this.#trainer.stepsPerEpoch;
    const { mae, loss, truth, predicted, atoms } = scores;
    this.#post({ type: 'score', at, mae, loss, truth, predicted, atoms });
    await this.#show();
    return scores;
  }

  /** Post the molecule looked at, with what the model says of it now. */
  async #show(): Promise<void> {
    this.#lookAgain = false;
    const scores = this.#scores;
    const { validation } = this.#data.split;
    if (!scores || validation.length === 0) return;
    const { by, at } = this.#look;
    const index = at % validation.length;
    const place = by === 'place' ? index : scores.worstFirst[index]!;
    const m = validation[place]!;
    const { id, atomicNumbers, positions, bonds } = moleculeAt(this.#data.set, m);
    const batch = collate(this.#data.set, this.#data.graphs, [m], this.#data.target);
    const [predicted = Number.NaN] = await this.#trainer.predict(batch);
    this.#post({
      type: 'molecule',
      place,
      of: validation.length,
      rank: scores.worstFirst.indexOf(place) + 1,
      id,
      atomicNumbers: [...atomicNumbers],
      positions: (positions as [number, number, number][] | undefined) ?? null,
      bonds: (bonds as [number, number, number][] | undefined) ?? [],
      truth: batch.y[0]!,
      predicted,
      contributions: await this.#contributions(batch, predicted),
    });
  }

  async #contributions(batch: ReturnType<typeof collate>, predicted: number): Promise<number[] | null> {
    if (!this.#sumsOverAtoms) return null;
    const parts = await this.#trainer.predict(atomByAtom(batch));
    const contributions = contributionsOf(predicted, parts, this.#trainer.state.normalisation);
    this.#sumsOverAtoms = contributions !== null;
    return contributions;
  }

  /** The parameters as they are now, as a safetensors file. */
  weights(): Uint8Array<ArrayBuffer> {
    const { model, dataset } = this.#job;
    const { state } = this.#trainer;
    const { name, unit } = targetWords(this.#job, this.#data);
    return encodeWeights(this.#resolved.model, state, {
      version,
      model,
      dataset,
      target: { name, unit, ...state.normalisation },
      epoch: state.epoch,
      validationMae: this.#scores?.mae ?? null,
    });
  }

  /** Go on from the parameters of a file. @throws InputError where it is not this model's, or of another target */
  load(bytes: Uint8Array, name: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#between.push(() => this.#load(bytes, name).then(resolve, reject));
      this.#wake?.();
    });
  }

  async #load(bytes: Uint8Array, name: string): Promise<string> {
    const file = readWeights(bytes, name);
    const target = file.card?.target;
    if (target && target.name !== this.#data.target) {
      throw new InputError(
        `${name} predicts “${target.name}”, and this page trains on “${this.#data.target}”. Choose that target first.`,
      );
    }
    const weights = weightsFrom(file, this.#resolved.model);
    const { state } = this.#trainer.position();
    const normalisation = target ? { mean: target.mean, std: target.std } : state.normalisation;
    const before = this.#trainer;
    this.#trainer = new StepTrainer(this.#resolved.model, this.#data, this.#job.training, {
      state: { ...state, ...weights, normalisation, adam: adamState(weights.parameters.length), best: null },
      step: 0,
    });
    before.dispose();
    await this.#score();
    const epoch = file.card ? ` of epoch ${file.card.epoch}` : '';
    return `The weights${epoch} of ${name} are loaded.`;
  }
}

function emptyProgress() {
  return { at: [] as number[], loss: [] as number[], molecules: 0, seconds: 0 };
}
