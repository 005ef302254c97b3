import { constants } from 'node:os';
import type { RunView } from '@litmatter/protocol';
import type { Logger } from 'pino';
import { exitCode, type RankJob } from '../job.ts';
import type { Fault, LaunchEnd, Launched, Launcher } from '../launchers/launcher.ts';
import type { Attempt } from './attempts.ts';
import type { Ranks } from './ranks.ts';
import { SpoolCollector } from './spools.ts';
import type { Store } from './store.ts';

export interface SchedulerOptions {
  readonly store: Store;
  readonly launchers: readonly Launcher[];
  /** What a launcher is told of an attempt. */
  readonly jobOf: (attempt: Attempt) => RankJob;
  readonly ranks: Ranks;
  readonly log: Logger;
  /** How often the spools of attempts that are not connected are looked at. */
  readonly collectMilliseconds?: number;
  /** Pause before an attempt that could not be looked for is looked for again. */
  readonly adoptAgainMilliseconds?: number;
  /** How long the processes of an attempt that has said its end may take to go. */
  readonly lingerMilliseconds?: number;
}

interface Followed {
  readonly attempt: Attempt;
  readonly job: RankJob;
  readonly spool: SpoolCollector;
  launched: Launched | undefined;
}

const cancelled = 'Cancelled.';

/**
 * Hands queued runs to their launchers, in order and no more at once than each allows, follows them to their end,
 * and on start finds again what an earlier hub has launched. The store says what is to be done; nothing here
 * needs remembering.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #followed = new Map<string, Followed>();
  #collector: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Adopt what is under way, then launch what is queued. */
  async start(): Promise<void> {
    const { store, collectMilliseconds = 2_000 } = this.#options;
    await Promise.all(store.activeAttempts().map((attempt) => this.#adoptAnyhow(attempt)));
    this.#collector = setInterval(() => this.#collectUnconnected(), collectMilliseconds).unref();
    this.kick();
  }

  /** Launch what is queued and has room. */
  kick(): void {
    if (this.#closed) return;
    for (const launcher of this.#options.launchers) {
      for (;;) {
        const [run] = this.#options.store.queued(launcher.name, 1);
        if (run === undefined || !this.#hasRoom(launcher, run)) break;
        const attempt = this.#options.store.beginAttempt(run.id);
        if (attempt === undefined) break;
        void this.#follow(attempt, launcher, undefined);
      }
    }
  }

  async cancelRun(run: string): Promise<void> {
    if (this.#options.store.requestCancel(run) === 'requested') this.#stopRun(run);
  }

  async cancelExperiment(experiment: string): Promise<void> {
    for (const run of this.#options.store.requestCancelOfAll(experiment)) this.#stopRun(run);
  }

  /** Another attempt of an ended run: from nothing, or from its last checkpoint. Returns whether there will be one. */
  retry(run: string, how: 'retry' | 'resume' = 'retry'): boolean {
    const queued = this.#options.store.requeue(run, how);
    if (queued) this.kick();
    return queued;
  }

  /** Whether no process of a run is left. */
  get idle(): boolean {
    return this.#followed.size === 0;
  }

  /** Stop following. Ranks go on and spool; the next hub adopts them. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#collector);
  }

  /** Whether a run may start now. In order: a small one does not overtake a large one. */
  #hasRoom({ name, limit, deviceLimit = Number.POSITIVE_INFINITY }: Launcher, run: RunView): boolean {
    const underWay = [...this.#followed.values()].filter(
      ({ attempt }) => attempt.spec.launcher.name === name,
    );
    if (underWay.length >= limit) return false;
    const next = { run: run.id, attempt: run.attempt + 1, spec: run.spec };
    const wanted = this.#options.jobOf({ ...next, reference: null, cancelRequested: false });
    // Runs that share an allocation hold its devices once.
    const allocations = new Map(
      underWay.map(({ job }) => [job.allocation?.folder ?? job.folder, devicesOf(job)]),
    );
    if (wanted.allocation && allocations.has(wanted.allocation.folder)) return true;
    const taken = [...allocations.values()].reduce((sum, devices) => sum + devices, 0);
    return taken === 0 || taken + devicesOf(wanted) <= deviceLimit;
  }

  /** A launcher that cannot tell now whether the attempt runs is asked again: not knowing is not failing. */
  async #adoptAnyhow(attempt: Attempt): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#adopt(attempt);
    } catch (error) {
      this.#options.log.error({ err: error, run: attempt.run }, 'could not look for a run; will try again');
      setTimeout(
        () => void this.#adoptAnyhow(attempt).then(() => this.kick()),
        this.#options.adoptAgainMilliseconds ?? 10_000,
      ).unref();
    }
  }

  async #adopt(attempt: Attempt): Promise<void> {
    const { store, log } = this.#options;
    const launcher = this.#options.launchers.find(({ name }) => name === attempt.spec.launcher.name);
    if (launcher === undefined) {
      store.settle(
        attempt.run,
        attempt.attempt,
        'failed',
        `This hub has no launcher "${attempt.spec.launcher.name}" to find the run again with.`,
      );
      return;
    }
    const job = this.#options.jobOf(attempt);
    const launched = await launcher.adopt(job, attempt.reference);
    if (launched !== undefined) {
      log.info({ run: attempt.run, attempt: attempt.attempt }, 'found a run that an earlier hub has started');
      void this.#follow(attempt, launcher, launched);
      return;
    }
    const ran = this.#collect(attempt, this.#spoolOf(job)) || attempt.reference !== null;
    if (ran || attempt.cancelRequested) {
      store.processesEnded(attempt.run, {
        attempt: attempt.attempt,
        fault: 'passing',
        named: false,
        reason: 'The rank process ended while no hub was running, without saying how the run ended.',
      });
    } else {
      // Decided on, but the hub ended before it was launched.
      void this.#follow(attempt, launcher, undefined);
    }
  }

  async #follow(attempt: Attempt, launcher: Launcher, found: Launched | undefined): Promise<void> {
    const { store, log } = this.#options;
    const key = `${attempt.run}#${attempt.attempt}`;
    const job = this.#options.jobOf(attempt);
    const followed: Followed = { attempt, job, spool: this.#spoolOf(job), launched: found };
    this.#followed.set(key, followed);
    try {
      followed.launched ??= await launcher.launch(followed.job);
      if (this.#closed) return;
      const refer = (reference: string) => store.setReference(attempt.run, attempt.attempt, reference);
      refer(followed.launched.reference);
      followed.launched.onMoved?.((reference) => {
        if (!this.#closed) refer(reference);
      });
      if (store.cancelRequested(attempt.run, attempt.attempt)) this.#stop(followed);
      const end = await this.#untilGone(attempt, followed.launched);
      if (this.#closed) return;
      this.#collect(attempt, followed.spool);
      store.setExitCode(attempt.run, attempt.attempt, end.code);
      store.processesEnded(attempt.run, {
        attempt: attempt.attempt,
        fault: faultOf(end),
        named: end.cause !== undefined,
        reason: endSentence(end),
        short: endSentence({ ...end, tail: '' }),
      });
    } catch (error) {
      if (this.#closed) return;
      log.error({ err: error, run: attempt.run }, 'a run could not be started');
      this.#settle(attempt, `The run could not be started: ${(error as Error).message}`);
    } finally {
      this.#followed.delete(key);
      this.kick();
    }
  }

  /**
   * How the processes of an attempt ended. Where it has said its own end and they do not go (a starter of ranks may
   * wait for a node that is dead), they are made to.
   */
  async #untilGone({ run, attempt }: Attempt, launched: Launched): Promise<LaunchEnd> {
    let over = false;
    const ended = launched.ended.finally(() => {
      over = true;
    });
    const lingering = this.#options.lingerMilliseconds ?? 10_000;
    const watch = setInterval(() => {
      if (over || this.#closed || !this.#options.store.hasSaidEnd(run, attempt)) return;
      clearInterval(watch);
      setTimeout(() => {
        if (!over && !this.#closed) void launched.cancel(0).catch(() => {});
      }, lingering).unref();
    }, lingering / 4).unref();
    return ended.finally(() => clearInterval(watch));
  }

  /** The attempt could not be launched. */
  #settle(attempt: Attempt, reason: string): void {
    const { store } = this.#options;
    const wanted = store.cancelRequested(attempt.run, attempt.attempt);
    store.settle(attempt.run, attempt.attempt, wanted ? 'cancelled' : 'failed', wanted ? cancelled : reason);
  }

  /** By both ways: the socket is quicker, the launcher surer. Not waited for: the run's state says when it has ended. */
  #stopRun(run: string): void {
    const followed = [...this.#followed.values()].find(({ attempt }) => attempt.run === run);
    if (followed === undefined) return;
    this.#options.ranks.cancel(run, followed.attempt.attempt);
    this.#stop(followed);
  }

  #stop(followed: Followed): void {
    followed.launched?.cancel().catch((error: unknown) => {
      this.#options.log.error({ err: error, run: followed.attempt.run }, 'a run could not be stopped');
    });
  }

  #spoolOf({ run, attempt, folder }: RankJob): SpoolCollector {
    return new SpoolCollector(this.#options.store, run, attempt, folder);
  }

  /** Returns whether there was a spool. */
  #collect(attempt: Attempt, spool: SpoolCollector): boolean {
    try {
      return spool.collect();
    } catch (error) {
      this.#options.log.error({ err: error, run: attempt.run }, 'a spool could not be read');
      return true;
    }
  }

  /** A rank that an earlier hub started may look for it at another port: its spool tells what it does. */
  #collectUnconnected(): void {
    for (const { attempt, spool, launched } of this.#followed.values()) {
      if (launched === undefined || this.#options.ranks.connected(attempt.run, attempt.attempt)) continue;
      this.#collect(attempt, spool);
    }
  }
}

/** Devices that are held for a run. */
function devicesOf({ allocation, spec }: RankJob): number {
  return allocation?.devices ?? spec.devices;
}

/** What an end comes of that nobody has told of: a process that died, or one that gave up. */
export function faultOf({ fault, code, signal }: LaunchEnd): Fault {
  if (fault !== undefined) return fault;
  const passing =
    signal !== null || code === null || code === exitCode.lostPeer || code === exitCode.interrupted;
  return passing ? 'passing' : 'lasting';
}

/** What the end of a process that did not report its own says, in words a person can act on. */
export function endSentence(end: LaunchEnd): string {
  if (end.cause !== undefined) return end.cause;
  const tail = end.tail === '' ? '' : ` It last wrote: ${end.tail.slice(-2_000)}`;
  if (end.signal !== null) {
    const number = constants.signals[end.signal];
    const hint = end.signal === 'SIGKILL' ? ' A person did this, or the system for want of memory.' : '';
    return `The rank process was killed (signal ${number}).${hint}${tail}`;
  }
  if (end.code !== null) {
    return `The rank process ended with code ${end.code} without saying how the run ended.${tail}`;
  }
  return `The rank process is gone and has not said how the run ended.${tail}`;
}
