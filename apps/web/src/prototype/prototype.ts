import { Store } from '../state/store.ts';
import {
  type Command,
  type Job,
  type Kept,
  type Largest,
  type LookBy,
  type Position,
  report,
} from './messages.ts';
import { cleared, firstView, told, type View } from './view.ts';

/** What the page needs of a worker. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

/** What a job comes with that is not part of what is trained. */
export interface Beside {
  /** Where the hub gives molecules; null without a hub. */
  readonly moleculesAt: string | null;
  readonly targetTitle: string;
}

export type Speed = 'full' | '10' | '2';
const perSecond: Record<Speed, number | null> = { full: null, '10': 10, '2': 2 };

/**
 * The page's side of training: one worker, started when it is first needed, ended and started anew by Reset and after a
 * failure of its device. Components follow `view`.
 */
export class Prototype {
  readonly view = new Store<View>(firstView);
  readonly #start: () => WorkerLike;
  #worker: WorkerLike | undefined;
  #job: { readonly key: string; readonly job: Job } | undefined;
  #beside: Beside = { moleculesAt: null, targetTitle: '' };
  /** The data set named "dropped", what is to be predicted, and what is being read to become one of them. */
  #files: readonly File[] = [];
  #own: readonly File[] = [];
  #reading: readonly File[] = [];
  #kept: Kept | null = null;
  #largest: { readonly key: string; readonly found: Largest | null } | undefined;
  #speed: Speed = 'full';
  #saving: ((bytes: Uint8Array<ArrayBuffer>) => void) | undefined;

  constructor(start: () => WorkerLike) {
    this.#start = start;
  }

  /** Ask what there is to choose from. */
  describe(): void {
    if (!this.view.get().cards) this.#send({ type: 'describe' });
  }

  get files(): readonly File[] {
    return this.#files;
  }

  /** Make files the data set named "dropped", or, where they have nothing to learn, the molecules to predict. */
  read(files: readonly File[]): void {
    this.#reading = files;
    this.#send({ type: 'read', files: [...files] });
  }

  /** Show the first molecule of a choice of data, where that is at hand. */
  preview(dataset: Job['dataset']): void {
    this.#put({ preview: undefined });
    this.#send({ type: 'preview', dataset, files: [...this.#files] });
  }

  /** Predict the molecules that were dropped for it, with the model as it is now. */
  predict(): void {
    if (this.#own.length > 0) this.#send({ type: 'predict', files: [...this.#own] });
  }

  /** Compare with the hub. @param address - of its route */
  compare(address: string): void {
    this.#put({ parity: undefined });
    this.#send({ type: 'parity', address });
  }

  /** What the next jobs come with. */
  setBeside(beside: Beside): void {
    this.#beside = beside;
  }

  /** Go on, or begin where nothing has begun. */
  run(job: Job): void {
    this.#go(job, null);
  }

  /** One step, beginning where nothing has begun. */
  step(job: Job): void {
    this.#go(job, 1);
  }

  /** Load weights into what is trained, or begin with them. The bytes may still be on their way. */
  async open(job: Job, name: string, coming: Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
    const live = this.view.get().ready !== undefined && this.view.get().phase !== 'broken';
    if (!live) this.#prepare(job, null, 0);
    const worker = this.#worker;
    try {
      const bytes = await coming;
      // Another training may have begun meanwhile.
      if (worker !== this.#worker || this.#job?.key !== JSON.stringify(job)) return;
      if (this.view.get().ready) this.#loadWeights(name, bytes);
      else this.#arrived = { name, bytes };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.view.set(
        told(this.view.get(), { type: 'trouble', kind: 'input', message, fields: {}, from: null }),
      );
    }
  }

  pause(): void {
    if (this.view.get().phase !== 'running' && this.view.get().phase !== 'hidden') return;
    this.#pace(0);
    this.#put({ phase: 'paused' });
  }

  /** Forget what was trained. */
  reset(): void {
    this.#end();
    this.#job = undefined;
    this.view.set(cleared(this.view.get()));
  }

  /** The form has another job than the one that is trained: what was trained is no more of it. */
  follow(job: Job | undefined): void {
    if (this.#job && job && JSON.stringify(job) !== this.#job.key) this.reset();
  }

  /** After a failure of the device: a new worker goes on from the last step, perhaps with a smaller batch. */
  goOn(job: Job): void {
    const { from } = this.view.get();
    const before = this.#job?.job.training.batchPerDevice ?? job.training.batchPerDevice;
    const times = before / job.training.batchPerDevice;
    // Half the batch makes two steps of one; where it does not come out even, the epoch starts again.
    const step = Number.isInteger(times) ? (from?.step ?? 0) * times : 0;
    this.#end();
    this.#put({ trouble: undefined, from: undefined });
    this.#prepare(job, from ? { ...from, step } : null, null);
  }

  setSpeed(speed: Speed): void {
    this.#speed = speed;
    if (this.view.get().phase === 'running') this.#pace(null);
  }

  look(by: LookBy, at: number): void {
    if (this.view.get().ready) this.#send({ type: 'look', by, at });
  }

  /** The parameters as a safetensors file. */
  weights(): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve) => {
      this.#saving = resolve;
      this.#send({ type: 'saveWeights' });
    });
  }

  #loadWeights(name: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.#send({ type: 'loadWeights', name, bytes });
  }

  /** A hidden tab trains for nobody: it pauses, and goes on when it is seen again. */
  setHidden(hidden: boolean): void {
    const { phase } = this.view.get();
    if (hidden && phase === 'running') {
      this.#pace(0);
      this.#put({ phase: 'hidden' });
    } else if (!hidden && phase === 'hidden') {
      this.#pace(null);
      this.#put({ phase: 'running' });
    }
  }

  #go(job: Job, steps: number | null): void {
    const { phase, ready } = this.view.get();
    if (phase === 'preparing' || phase === 'broken') return;
    this.follow(job);
    if (!ready || !this.#job) this.#prepare(job, null, steps);
    else {
      this.#put({ phase: steps === null ? 'running' : 'paused', said: undefined });
      this.#pace(steps);
    }
  }

  #prepare(job: Job, from: Position | null, steps: number | null): void {
    this.#job = { key: JSON.stringify(job), job };
    this.#put({
      phase: 'preparing',
      doing: { words: 'Loading the training code', done: null },
      trouble: undefined,
      said: undefined,
    });
    const largest = this.#largest?.key === sizeKey(job) ? this.#largest.found : null;
    const surroundings = { ...this.#beside, files: [...this.#files], kept: this.#kept, largest };
    this.#send({ type: 'prepare', job, surroundings, from });
    // The worker reads in order: it is told the pace when it is ready.
    this.#whenReady = () => {
      this.#put({ phase: steps === null ? 'running' : 'paused' });
      this.#pace(steps);
      if (this.#arrived) this.#loadWeights(this.#arrived.name, this.#arrived.bytes);
      this.#arrived = undefined;
      if (this.#own.length > 0) this.predict();
    };
  }

  #whenReady: (() => void) | undefined;
  /** Weights that came before the worker was ready for them. */
  #arrived: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;

  #pace(steps: number | null): void {
    this.#send({ type: 'pace', pace: { steps, perSecond: perSecond[this.#speed] } });
  }

  #put(part: Partial<View>): void {
    this.view.set({ ...this.view.get(), ...part });
  }

  #send(message: Command): void {
    this.#worker ??= this.#begin();
    this.#worker.postMessage(message);
  }

  #begin(): WorkerLike {
    const worker = this.#start();
    worker.onmessage = ({ data }) => {
      if (worker !== this.#worker) return;
      const decoded = report.safeParse(data);
      if (!decoded.success) return this.#crashed('it said something this page does not understand');
      this.#hear(decoded.data);
    };
    worker.onerror = (event) => {
      if (worker === this.#worker) this.#crashed(event.message || 'it could not be loaded');
    };
    return worker;
  }

  #hear(message: ReturnType<typeof report.parse>): void {
    this.view.set(told(this.view.get(), message));
    if (message.type === 'ready') {
      if (this.#job) this.#largest = { key: sizeKey(this.#job.job), found: message.largest };
      this.#whenReady?.();
      this.#whenReady = undefined;
    } else if (message.type === 'weights') {
      this.#saving?.(new Uint8Array(message.bytes));
    } else if (message.type === 'read') {
      this.#take(message.card.targets.length > 0);
    } else if (message.type === 'kept') {
      this.#kept = message.kept;
    } else if (message.type === 'trouble' && this.view.get().phase === 'broken') {
      this.#end();
    }
  }

  /** The files asked for are read: they have something to learn, or are to be predicted. */
  #take(toLearn: boolean): void {
    const files = this.#reading;
    if (files.length === 0) return;
    this.#reading = [];
    if (!toLearn) {
      this.#own = files;
      if (this.view.get().ready) this.predict();
      return;
    }
    this.#files = files;
    this.#kept = null;
    // What was trained on the files dropped before is not of these.
    if (this.#job?.job.dataset.name === 'dropped') this.reset();
  }

  #crashed(why: string): void {
    this.#end();
    const message = `The training worker has stopped: ${why}. Reset and start again; a reload of the page may be needed.`;
    this.view.set(told(this.view.get(), { type: 'trouble', kind: 'fault', message, fields: {}, from: null }));
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#whenReady = undefined;
    this.#arrived = undefined;
  }
}

/** What the largest batch depends on, beside the device. */
function sizeKey({ model, dataset }: Job): string {
  return JSON.stringify([model, dataset]);
}
