import { readFileSync } from 'node:fs';
import {
  decode,
  type HubToRank,
  heartbeatSeconds,
  maxEventsPerMessage,
  problem,
  type RankToHub,
} from '@litmatter/protocol';
import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { pauseSeconds } from './backoff.ts';
import type { Spool } from './spool.ts';

const committed = z.number().int().min(-1);
const refusal = z.object({ problem });
const helloAnswer = z.union([z.object({ committed, cancelled: z.boolean() }), refusal]);
const reportAnswer = z.union([z.object({ committed }), refusal]);

export interface LinkOptions {
  /** Where the hub's pages are; a path in it is the hub's base path. */
  readonly url: string;
  /** Read anew at each connection: a hub that was started again may have another token. */
  readonly tokenFile: string;
  readonly run: string;
  readonly attempt: number;
  readonly spool: Spool;
  /** The hub wants the run to stop; may be called more than once. */
  readonly onCancel: () => void;
  /** What a person who reads the rank's log should know: the first refusal, the loss and return of the hub. */
  readonly log: (sentence: string) => void;
  /** Shortest and longest pause before a new try, in seconds. */
  readonly backoff?: { readonly least: number; readonly most: number };
  readonly answerSeconds?: number;
}

/**
 * Carries the spool to the hub and nothing else: training appends to the spool and goes on, whether or not there is a
 * hub. It connects for ever, with pauses that double from 1 to 30 s and are drawn at random so that many ranks do not
 * come back at once; after each connection it asks what the hub holds and sends what comes after, one message at
 * a time, each until it is acknowledged. What the hub holds already is harmless to send again: (run, attempt, seq).
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #least: number;
  readonly #most: number;
  readonly #answer: number;
  readonly #socket: Socket<HubToRank, RankToHub>;
  readonly #heartbeat: NodeJS.Timeout;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  /** Events the hub has committed. */
  #committed = 0;
  /** Whether the hub has answered hello on this connection. */
  #greeted = false;
  #sending = false;
  #hurry = false;
  #lastSaid = '';
  #delivered: (() => void) | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#least = options.backoff?.least ?? 1;
    this.#most = options.backoff?.most ?? 30;
    this.#answer = (options.answerSeconds ?? 15) * 1000;
    const url = new URL(options.url);
    this.#socket = io(`${url.origin}/ranks`, {
      path: `${url.pathname.replace(/\/$/, '')}/socket.io`,
      // Under WebSocket alone a connection needs no sticky route through a proxy.
      transports: ['websocket'],
      // socket.io's own reconnection stops when the server refuses or closes; ours never does.
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      auth: (give) => give({ token: readToken(options.tokenFile) }),
    });
    this.#socket.on('connect', () => this.#guarded(this.#greet()));
    this.#socket.on('connect_error', (error) => this.#lost(`The hub cannot be reached: ${error.message}.`));
    this.#socket.on('disconnect', (reason) => this.#lost(`The connection to the hub was lost: ${reason}.`));
    this.#socket.on('cancel', () => options.onCancel());
    this.#socket.connect();
    this.#heartbeat = setInterval(() => {
      if (this.#socket.connected) this.#socket.volatile.emit('heartbeat');
    }, heartbeatSeconds * 1000);
  }

  /** There is something new in the spool. */
  wake(): void {
    if (this.#greeted && !this.#sending) this.#guarded(this.#send());
  }

  /** Wait until the hub holds the whole spool, or for so long. True where it does. */
  async drain(seconds: number): Promise<boolean> {
    this.#hurry = true;
    if (this.#retry) this.#tryAgain(0);
    this.wake();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => {
        this.#delivered = resolve;
        if (this.#committed >= this.#options.spool.length) resolve();
      }),
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, seconds * 1000);
      }),
    ]);
    clearTimeout(timer);
    return this.#committed >= this.#options.spool.length;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#retry);
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  /** A spool that cannot be read is no reason to end training: say so and try again. */
  #guarded(work: Promise<void>): void {
    work.catch((error: Error) => {
      this.#sending = false;
      this.#drop(error.message);
    });
  }

  async #greet(): Promise<void> {
    const { run, attempt } = this.#options;
    const answer = await this.#ask(helloAnswer, (give) => this.#socket.emit('hello', { run, attempt }, give));
    if (!answer) return;
    if ('problem' in answer) {
      this.#refused(answer.problem.message);
      return;
    }
    this.#greeted = true;
    if (answer.cancelled) this.#options.onCancel();
    this.#acknowledge(answer.committed);
    await this.#send();
  }

  /** Send what the hub does not hold, message by message, until there is no more. */
  async #send(): Promise<void> {
    const { spool } = this.#options;
    this.#sending = true;
    while (this.#greeted && this.#committed < spool.length) {
      const events = spool.read(this.#committed, maxEventsPerMessage);
      const answer = await this.#ask(reportAnswer, (give) => this.#socket.emit('report', { events }, give));
      if (!answer) break;
      if ('problem' in answer) {
        this.#refused(answer.problem.message);
        break;
      }
      if (answer.committed < events[0].seq) {
        this.#refused(`it acknowledged event ${answer.committed} when sent events from ${events[0].seq} on.`);
        break;
      }
      this.#well();
      this.#acknowledge(answer.committed);
    }
    this.#sending = false;
  }

  /** The hub holds the events up to this one. */
  #acknowledge(seq: number): void {
    this.#committed = seq + 1;
    if (this.#committed < this.#options.spool.length) return;
    this.#well();
    this.#delivered?.();
  }

  /** The hub takes what it is sent: only now is what went wrong before over. */
  #well(): void {
    if (this.#lastSaid) this.#options.log('The hub is reached again.');
    this.#lastSaid = '';
    this.#failures = 0;
  }

  /**
   * One question to the hub. Undefined where no answer came in time or the connection ended first: the answer
   * may still have been carried out, which sending again does not harm.
   */
  async #ask<S extends z.ZodType>(
    schema: S,
    emit: (give: (answer: unknown) => void) => void,
  ): Promise<z.infer<S> | undefined> {
    let stop: () => void = () => {};
    const answer = await new Promise<unknown>((resolve) => {
      const none = () => resolve(undefined);
      const timer = setTimeout(none, this.#answer);
      this.#socket.once('disconnect', none);
      stop = () => {
        clearTimeout(timer);
        this.#socket.off('disconnect', none);
      };
      emit(resolve);
    });
    stop();
    if (answer !== undefined) return decode(schema, answer, "The hub's answer");
    if (this.#socket.connected) this.#drop('The hub did not answer.');
    return undefined;
  }

  #refused(message: string): void {
    this.#drop(`The hub refuses this run's report: ${message}`);
  }

  #drop(sentence: string): void {
    this.#lost(sentence);
    this.#socket.disconnect();
  }

  #lost(sentence: string): void {
    this.#greeted = false;
    if (this.#retry) return;
    this.#say(sentence);
    this.#tryAgain(this.#pause());
  }

  #pause(): number {
    // The last seconds of a run's life are not the time for long pauses.
    const most = this.#hurry ? Math.min(this.#most, 3 * this.#least) : this.#most;
    return pauseSeconds(++this.#failures, this.#least, most);
  }

  #tryAgain(seconds: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#socket.connect();
    }, seconds * 1000);
  }

  /** Once for each change: a hub that is away for a day is one line in the log, not three thousand. */
  #say(sentence: string): void {
    if (sentence === this.#lastSaid) return;
    this.#lastSaid = sentence;
    this.#options.log(sentence);
  }
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // The hub refuses an empty token with a sentence of its own; the file may be there at the next try.
    return '';
  }
}
