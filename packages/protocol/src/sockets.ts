import { z } from 'zod';
import { runEvent } from './event.ts';
import { id } from './ids.ts';
import type { ExperimentSnapshot, ExperimentSummary, ExperimentUpdate, Problem } from './view.ts';

/**
 * socket.io event maps, shared by both ends. Two namespaces: `/ranks`, where rank 0 of a run reports, and
 * `/pages`, where dashboards watch. Every handshake carries a token (`auth.token`, or the page's cookie).
 */

/** At most this many events travel in one message; the spool sends the next batch after the acknowledgement. */
export const maxEventsPerMessage = 500;

export const reportMessage = z.object({ events: z.array(runEvent).min(1).max(maxEventsPerMessage) });
export type ReportMessage = z.infer<typeof reportMessage>;
/** After the hub's commit: every event of (run, attempt) with seq <= `committed` is stored. */
export type ReportAnswer = { committed: number } | { problem: Problem };

export const helloMessage = z.object({ run: id, attempt: z.number().int().positive() });
export type HelloMessage = z.infer<typeof helloMessage>;
/** The last seq the hub holds (-1 for none), and whether the run was cancelled meanwhile. */
export type HelloAnswer = { committed: number; cancelled: boolean } | { problem: Problem };

export interface RankToHub {
  hello(message: HelloMessage, answer: (reply: HelloAnswer) => void): void;
  report(message: ReportMessage, answer: (reply: ReportAnswer) => void): void;
  heartbeat(): void;
}
export interface HubToRank {
  cancel(): void;
}

export const watchMessage = z.object({ experiment: id });
export type WatchMessage = z.infer<typeof watchMessage>;
export type WatchAnswer = { snapshot: ExperimentSnapshot } | { problem: Problem };

export interface PageToHub {
  /** Start (or move) this socket's watch to one experiment; `update` follows whenever it changes. */
  watch(message: WatchMessage, answer: (reply: WatchAnswer) => void): void;
  unwatch(message: { experiment: string }): void;
  /** Start watching the list of experiments; `experiments` follows whenever it changes. */
  watchList(answer: (reply: { experiments: ExperimentSummary[] } | { problem: Problem }) => void): void;
}
export interface HubToPage {
  /** One at a time: the hub sends the next only after this one is acknowledged, so a slow page never grows a queue. */
  update(message: ExperimentUpdate, received: () => void): void;
  experiments(message: { experiments: ExperimentSummary[] }, received: () => void): void;
}

export const heartbeatSeconds = 5;
/** A run not heard from for this long is shown as "lost contact since ...", never as failed. */
export const lostContactSeconds = 3 * heartbeatSeconds;
