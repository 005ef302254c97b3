import {
  type ExperimentSummary,
  type ExperimentUpdate,
  InputError,
  id,
  type WatchAnswer,
  watchMessage,
} from '@litmatter/protocol';
import { z } from 'zod';
import { Pump } from './pump.ts';
import { answering, type PageSocket, type Sockets } from './sockets.ts';
import type { Store } from './store.ts';

/** How often a page hears of one experiment, and of the list, at most. */
const updateMilliseconds = 100;
const listMilliseconds = 1_000;

/** `/pages`: each socket watches one experiment, the list, or both. */
export function servePages(
  namespace: Sockets['pages'],
  store: Store,
  onFault: (error: unknown) => void,
): void {
  const watchers = new Set<PageWatcher>();
  store.onChange((experiment) => {
    for (const watcher of watchers) watcher.changed(experiment);
  });
  namespace.on('connection', (socket) => {
    const watcher = new PageWatcher(socket, store);
    watchers.add(watcher);
    socket.on(
      'watch',
      answering(watchMessage, 'watch', ({ experiment }): WatchAnswer => watcher.watch(experiment), onFault),
    );
    socket.on('unwatch', (message) => {
      const wanted = z.object({ experiment: id }).safeParse(message);
      if (wanted.success) watcher.unwatch(wanted.data.experiment);
    });
    socket.on('watchList', (answer) => {
      if (typeof answer !== 'function') return;
      answering(z.undefined(), 'watchList', () => watcher.watchList(), onFault)(undefined, answer);
    });
    socket.on('disconnect', () => {
      watcher.stop();
      watchers.delete(watcher);
    });
  });
}

/** What one page holds: an experiment up to a position, the list up to a position. */
class PageWatcher {
  readonly #store: Store;
  readonly #updates: Pump<ExperimentUpdate>;
  readonly #lists: Pump<{ experiments: ExperimentSummary[] }>;
  #experiment: string | undefined;
  #cursor = 0;
  #listed = false;
  #listStale = false;

  constructor(socket: PageSocket, store: Store) {
    this.#store = store;
    this.#updates = new Pump(
      () => this.#takeUpdate(),
      (message, received) => socket.emit('update', message, received),
      updateMilliseconds,
    );
    this.#lists = new Pump(
      () => this.#takeList(),
      (message, received) => socket.emit('experiments', message, received),
      listMilliseconds,
    );
  }

  changed(experiment: string): void {
    if (experiment === this.#experiment) this.#updates.poke();
    if (this.#listed) {
      this.#listStale = true;
      this.#lists.poke();
    }
  }

  watch(experiment: string): { snapshot: NonNullable<ReturnType<Store['snapshot']>> } {
    const snapshot = this.#store.snapshot(experiment);
    if (snapshot === undefined) {
      throw new InputError(`There is no experiment "${experiment}" on this hub: it may have been deleted.`);
    }
    this.#experiment = experiment;
    this.#cursor = snapshot.cursor;
    return { snapshot };
  }

  unwatch(experiment: string): void {
    if (this.#experiment === experiment) this.#experiment = undefined;
  }

  watchList(): { experiments: ExperimentSummary[] } {
    this.#listed = true;
    this.#listStale = false;
    return { experiments: this.#store.summaries() };
  }

  stop(): void {
    this.#updates.stop();
    this.#lists.stop();
  }

  #takeUpdate(): ExperimentUpdate | undefined {
    if (this.#experiment === undefined) return undefined;
    const update = this.#store.changes(this.#experiment, this.#cursor);
    if (update !== undefined) this.#cursor = update.cursor;
    return update;
  }

  #takeList(): { experiments: ExperimentSummary[] } | undefined {
    if (!this.#listStale) return undefined;
    this.#listStale = false;
    return { experiments: this.#store.summaries() };
  }
}
