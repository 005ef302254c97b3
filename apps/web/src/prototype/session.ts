import { countKernels, type ResolvedModel } from '@litmatter/models';
import { memoryInUse } from '@litmatter/models/usage';
import { buildGraphs, collate, type MoleculeSet, suitMolecules } from '@litmatter/molecules';
import { deserialiseState, predictMolecules, serialiseState, type TrainingData } from '@litmatter/training';
import { StepTrainer } from '@litmatter/training/stepwise';
import { checkBatch, largestBatch } from './limits.ts';
import type { Job, Largest, Pace, Position, Predictions, Report } from './messages.ts';
import { targetWords } from './molecules.ts';
import type { ParityCase } from './parity.ts';
import { type Scores, scoresOf } from './scores.ts';
import { type Look, Viewer } from './viewer.ts';
import { loadedWords, stateFrom, weightFileOf } from './weights.ts';
import { breathe } from './yield.ts';

/** Milliseconds between two progress messages, and between two scores within a long epoch. */
const progressGap = 100;
const scoreGap = 4_000;
/** Between two scores told: epochs of a few molecules come by the hundred a second, and a page need not draw them all. */
const tellGap = 250;

/** Molecules of a parity check at most. */
const parityMolecules = 64;

/** One training in the worker: a job, its data, and where it stands. */
export class Session {
  readonly #job: Job;
  readonly #resolved: ResolvedModel;
  readonly #data: TrainingData;
  readonly #post: (report: Report) => void;
  readonly #title: string;
  #trainer: StepTrainer;
  #taken: number;
  #pace: Pace = { steps: 0, perSecond: null };
  /** Whether the page has said a pace: until then it is not paused, but waits to be told. */
  #paced = false;
  #wake: (() => void) | undefined;
  #closed = false;
  #scores: Scores | undefined;
  readonly #viewer: Viewer;
  #launches: number | null = null;
  #pending = emptyProgress();
  /** What waits for the step under way to end. */
  readonly #between: (() => Promise<void>)[] = [];
  #postedAt = 0;
  /** Epochs, as a fraction, of a score that has not been told yet; when the last one was. */
  #untold: number | undefined;
  #toldAt = 0;

  constructor(
    job: Job,
    resolved: ResolvedModel,
    data: TrainingData,
    from: Position | null,
    post: (report: Report) => void,
    title = '',
  ) {
    this.#job = job;
    this.#resolved = resolved;
    this.#data = data;
    this.#post = post;
    this.#title = title;
    this.#viewer = new Viewer(data, post);
    this.#taken = from?.taken ?? 0;
    const resume = from && { state: deserialiseState(from.state, 'The saved position'), step: from.step };
    this.#trainer = new StepTrainer(resolved.model, data, job.training, resume ?? undefined);
  }

  /** What the model wants of its molecules. */
  get graph(): ResolvedModel['graph'] {
    return this.#resolved.graph;
  }

  facts() {
    const { split } = this.#data;
    return {
      parameters: this.#resolved.model.layout.size,
      train: split.train.length,
      validation: split.validation.length,
      stepsPerEpoch: this.#trainer.stepsPerEpoch,
      batch: this.#job.training.batchPerDevice,
      target: { ...targetWords(this.#data, this.#title), std: this.#trainer.state.normalisation.std },
    };
  }

  /**
   * The largest batch that fits a device whose buffers hold so many bytes; null where there is no such limit.
   *
   * @param known - as found before on this device
   * @throws InputError where the job's batch is larger
   */
  async checkSize(bytes: number | null, known: Largest | null = null): Promise<Largest | null> {
    if (bytes === null) return null;
    const largest = known?.bytes === bytes ? known : await largestBatch(this.#trainer, this.#data, bytes);
    checkBatch(this.#job.training.batchPerDevice, largest);
    return largest;
  }

  /** Steps taken so far and the state they led to, for a new worker to go on from. */
  position(): Position {
    const { state, step } = this.#trainer.position();
    return { state: serialiseState(state), step, taken: this.#taken };
  }

  setPace(pace: Pace): void {
    this.#pace = pace;
    this.#paced = true;
    this.#wake?.();
  }

  look(look: Look): void {
    this.#viewer.look(look);
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
      if (this.#viewer.wanted) {
        await this.#show();
        continue;
      }
      const { steps, perSecond } = this.#pace;
      if (steps === 0) {
        await this.#tell(true);
        // What came meanwhile has found nobody waiting.
        if (this.#pace.steps !== 0 || this.#between.length > 0 || this.#viewer.wanted || this.#closed)
          continue;
        if (this.#paced) this.#flush(true);
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
    this.#untold = epoch + this.#trainer.stepInEpoch / this.#trainer.stepsPerEpoch;
    await this.#tell(false);
    return scores;
  }

  /** Tell the page of the last score, and show the molecule looked at; the first time, or where it matters, at once. */
  async #tell(atOnce: boolean): Promise<void> {
    const [at, scores, now] = [this.#untold, this.#scores, performance.now()];
    if (at === undefined || !scores) return;
    if (!atOnce && this.#toldAt > 0 && now < this.#toldAt + tellGap) return;
    this.#untold = undefined;
    this.#toldAt = now;
    const { mae, loss, truth, predicted, atoms } = scores;
    this.#post({ type: 'score', at, mae, loss, truth, predicted, atoms });
    await this.#show();
  }

  #show(): Promise<void> {
    return this.#viewer.show(this.#trainer, this.#scores);
  }

  /** The parameters as they are now, as a safetensors file. */
  weights(): Uint8Array<ArrayBuffer> {
    const target = targetWords(this.#data, this.#title);
    return weightFileOf(this.#resolved, this.#job, this.#trainer.state, target, this.#scores?.mae ?? null);
  }

  /** Do something between two steps, when nothing else computes. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#between.push(() => work().then(resolve, reject));
      this.#wake?.();
    });
  }

  /** Go on from the parameters of a file. @throws InputError where it is not this model's, or of another target */
  load(bytes: Uint8Array, name: string): Promise<string> {
    return this.#inTurn(() => this.#load(bytes, name));
  }

  /** A case for the hub to compute too: the first molecules of the validation part, or of the training part where it is empty. */
  parityCase(): Promise<ParityCase> {
    return this.#inTurn(async () => {
      const { set, graphs, split, target } = this.#data;
      const part = split.validation.length > 0 ? split.validation : split.train;
      const molecules = Array.from(part).slice(
        0,
        Math.min(parityMolecules, this.#job.training.batchPerDevice),
      );
      const predicted = await this.#trainer.predict(collate(set, graphs, molecules, target));
      const { std } = this.#trainer.state.normalisation;
      return { weights: this.weights(), set, molecules, predicted, std };
    });
  }

  /** What the model says of other molecules, batch by batch. @throws InputError naming the one it cannot compute */
  predict(whole: MoleculeSet, title: string): Promise<Predictions> {
    return this.#inTurn(async () => {
      const { graph } = this.#resolved;
      const set = suitMolecules(whole, graph);
      const predicted = new Float32Array(set.size);
      const ids: string[] = [];
      const how = { what: title, batchSize: this.#job.training.batchPerDevice };
      for await (const part of predictMolecules(this.#trainer, set, graph, how)) {
        for (const { molecule, id, prediction } of part) {
          predicted[molecule] = prediction;
          ids[molecule] = id;
        }
        await breathe(0, () => {});
      }
      this.#viewer.setOwn(set, buildGraphs(set, graph));
      const atoms = Uint16Array.from(ids, (_, m) => set.atomOffsets[m + 1]! - set.atomOffsets[m]!);
      const { epoch } = this.#trainer.state;
      return { type: 'predictions', title, ids, predicted, atoms, epoch };
    });
  }

  async #load(bytes: Uint8Array, name: string): Promise<string> {
    const { state } = this.#trainer.position();
    const read = stateFrom(bytes, name, this.#resolved.model, state, this.#data.target);
    const before = this.#trainer;
    this.#trainer = new StepTrainer(this.#resolved.model, this.#data, this.#job.training, {
      state: read.state,
      step: 0,
    });
    before.dispose();
    await this.#score();
    await this.#tell(true);
    return loadedWords(name, read.card, this.#job);
  }
}

function emptyProgress() {
  return { at: [] as number[], loss: [] as number[], molecules: 0, seconds: 0 };
}
