import type { RankJob } from '../../src/job.ts';
import type { LaunchEnd, Launched, Launcher } from '../../src/launchers/launcher.ts';

/** A launcher whose attempts begin and end when a test says so. It outlives a hub, as real processes do. */
export class FakeLauncher implements Launcher {
  readonly name = 'local';
  readonly limit: number;
  readonly deviceLimit: number;
  /** Every launch that truly started something, in order: "run#attempt". */
  readonly launches: string[] = [];
  /** What it was told of each, by the same name. */
  readonly told = new Map<string, RankJob>();
  readonly cancels: string[] = [];
  /** Why the next launch fails. */
  failWith: string | undefined;
  readonly #alive = new Map<string, { launched: Launched; end: (how: LaunchEnd) => void }>();
  readonly #listeners = new Map<string, (reference: string) => void>();

  constructor(limit = 1, deviceLimit = Number.POSITIVE_INFINITY) {
    this.limit = limit;
    this.deviceLimit = deviceLimit;
  }

  async probe() {
    return { name: this.name, available: true, detail: 'for tests', mend: null, devices: 2 } as const;
  }

  async launch(job: RankJob): Promise<Launched> {
    const key = `${job.run}#${job.attempt}`;
    const there = this.#alive.get(key);
    if (there) return there.launched;
    if (this.failWith !== undefined) throw new Error(this.failWith);
    this.launches.push(key);
    this.told.set(key, job);
    const { promise, resolve } = Promise.withResolvers<LaunchEnd>();
    const launched: Launched = {
      reference: key,
      ended: promise,
      onMoved: (listener) => this.#listeners.set(key, listener),
      cancel: async () => {
        this.cancels.push(key);
      },
    };
    this.#alive.set(key, { launched, end: resolve });
    return launched;
  }

  async adopt(job: RankJob): Promise<Launched | undefined> {
    return this.#alive.get(`${job.run}#${job.attempt}`)?.launched;
  }

  get alive(): string[] {
    return [...this.#alive.keys()];
  }

  /** An attempt comes to be carried out elsewhere. */
  move(key: string, reference: string): void {
    this.#listeners.get(key)?.(reference);
  }

  /** The process of an attempt ends. */
  end(key: string, how: Partial<LaunchEnd> = {}): void {
    const attempt = this.#alive.get(key);
    if (attempt === undefined) throw new Error(`nothing runs as ${key}`);
    this.#alive.delete(key);
    attempt.end({ code: 0, signal: null, tail: '', ...how });
  }
}
