import { useMemo } from 'react';
import { z } from 'zod';
import { decodeAnswer, Refused } from './api.ts';
import {
  type ExperimentData,
  fetchExperiment,
  fromSnapshot,
  merge,
  pageSnapshot,
  pageUpdate,
} from './experiment-data.ts';
import { openSocket, type PageSocket, updateReaders } from './socket.ts';
import { Store, useStore } from './store.ts';

export interface Live {
  readonly data: ExperimentData | undefined;
  readonly error: Error | null;
}

/** Milliseconds to wait for the socket's snapshot before asking over HTTP. */
const withoutSocket = 2_500;

const watchAnswer = z.union([
  z.object({ snapshot: pageSnapshot }),
  z.object({ problem: z.object({ message: z.string() }) }),
]);

/**
 * One experiment, live. A snapshot comes with each connection of the socket; updates follow and
 * are acknowledged once they are merged, so the hub never queues for this page. Components hear of changes once a
 * frame at most, and less often the more epochs there are to draw.
 */
export class ExperimentFeed {
  readonly id: string;
  readonly #shown = new Store<Live>({ data: undefined, error: null });
  #latest: ExperimentData | undefined;
  #readers = 0;
  #stop: (() => void) | undefined;
  #pending = false;
  #shownAt = 0;

  constructor(id: string) {
    this.id = id;
  }

  readonly get = (): Live => this.#shown.get();

  readonly subscribe = (listener: () => void): (() => void) => {
    const unsubscribe = this.#shown.subscribe(listener);
    if (this.#readers++ === 0) this.#start();
    return () => {
      unsubscribe();
      if (--this.#readers === 0) this.#stop?.();
    };
  };

  #start(): void {
    const aborted = new AbortController();
    let socket: PageSocket | undefined;
    const patience = setTimeout(() => !this.#latest && this.#fetch(aborted.signal), withoutSocket);
    const watch = () => socket && this.#watch(socket);
    const update = (message: unknown) => this.#update(message);
    updateReaders.add(update);
    void openSocket().then((opened) => {
      if (aborted.signal.aborted) return;
      socket = opened;
      opened.on('connect', watch);
      if (opened.connected) watch();
    });
    this.#stop = () => {
      clearTimeout(patience);
      aborted.abort();
      socket?.off('connect', watch);
      updateReaders.delete(update);
      socket?.emit('unwatch', { experiment: this.id });
    };
  }

  #watch(socket: PageSocket): void {
    socket
      .timeout(20_000)
      .emitWithAck('watch', { experiment: this.id })
      .then(
        (reply: unknown) => {
          const answer = decodeAnswer(watchAnswer, reply, 'watch');
          if ('snapshot' in answer) this.#take(fromSnapshot(answer.snapshot));
          else this.#fail(new Refused(404, answer.problem));
        },
        // Not acknowledged: the connection broke, and its return asks again.
        () => undefined,
      )
      .catch((error: Error) => this.#fail(error));
  }

  /** Where no socket comes through (a proxy that lets none pass), the page still shows what there is. */
  #fetch(signal: AbortSignal): void {
    fetchExperiment(this.id, signal).then(
      (data) => this.#take(data),
      (error: Error) => !signal.aborted && this.#fail(error),
    );
  }

  #fail(error: Error): void {
    this.#shown.set({ data: this.#latest, error });
  }

  #take(data: ExperimentData): void {
    if (this.#latest && data.cursor < this.#latest.cursor) return;
    this.#latest = data;
    this.#show();
  }

  #update(message: unknown): void {
    if (!this.#latest) return;
    const decoded = pageUpdate.safeParse(message);
    if (!decoded.success || decoded.data.experiment.id !== this.id) return;
    this.#latest = merge(this.#latest, decoded.data);
    this.#show();
  }

  #show(): void {
    if (this.#pending) return;
    this.#pending = true;
    const epochs = this.#latest?.experiment.epochsDone ?? 0;
    const gap = epochs > 20_000 ? 1_000 : epochs > 2_000 ? 300 : 0;
    setTimeout(
      () =>
        requestAnimationFrame(() => {
          this.#pending = false;
          this.#shownAt = performance.now();
          if (this.#latest) this.#shown.set({ data: this.#latest, error: null });
        }),
      Math.max(0, this.#shownAt + gap - performance.now()),
    );
  }
}

/** Follow one experiment for as long as the component is there. */
export function useExperiment(id: string): Live {
  const feed = useMemo(() => new ExperimentFeed(id), [id]);
  return useStore(feed);
}
