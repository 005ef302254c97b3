import { Store } from '../state/store.ts';
import { type Command, type Job, type Position, report } from './messages.ts';
import { cleared, firstView, told, type View } from './view.ts';

/** What the page needs of a worker. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
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
  #files: readonly File[] = [];
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

  /** Make files the data set named "dropped". */
  read(files: readonly File[]): void {
    this.#files = files;
    this.#send({ type: 'read', files: [...files] });
  }

  /** Go on, or begin where nothing has begun. */
  run(job: Job): void {
    this.#go(job, null);
  }

  /** One step, beginning where nothing has begun. */
  step(job: Job): void {
    this.#go(job, 1);
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

  look(by: 'place' | 'worst', at: number): void {
    if (this.view.get().ready) this.#send({ type: 'look', by, at });
  }

  /** The parameters as a safetensors file. */
  weights(): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve) => {
      this.#saving = resolve;
      this.#send({ type: 'saveWeights' });
    });
  }

  loadWeights(name: string, bytes: Uint8Array<ArrayBuffer>): void {
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
      doing: 'Loading the training code',
      trouble: undefined,
      said: undefined,
    });
    this.#send({ type: 'prepare', job, files: [...this.#files], from });
    // The worker reads in order: it is told the pace when it is ready.
    this.#whenReady = () => {
      this.#put({ phase: steps === null ? 'running' : 'paused' });
      this.#pace(steps);
    };
  }

  #whenReady: (() => void) | undefined;

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
      this.#whenReady?.();
      this.#whenReady = undefined;
    } else if (message.type === 'weights') {
      this.#saving?.(new Uint8Array(message.bytes));
    } else if (message.type === 'read') {
      // What was trained on the files dropped before is not of these.
      if (this.#job?.job.dataset.name === 'dropped') this.reset();
    } else if (message.type === 'trouble' && this.view.get().phase === 'broken') {
      this.#end();
    }
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
  }
}
