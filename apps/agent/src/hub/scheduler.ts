import type { Store } from './store.ts';

/** Hands queued runs to launchers. */
export class Scheduler {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async cancelRun(run: string): Promise<void> {
    this.#store.requestCancel(run, 'Cancelled.');
  }

  async cancelExperiment(experiment: string): Promise<void> {
    for (const { id } of this.#store.runs(experiment)) await this.cancelRun(id);
  }

  retry(run: string): boolean {
    return this.#store.requeue(run);
  }
}
