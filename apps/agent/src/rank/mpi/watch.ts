import { randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { bootId } from '../../launchers/job-files.ts';

/**
 * Who is still there. MPI tells of no death and of no standstill, and a rank's thread that waits in it could not tell
 * a peer that computes from one that is gone. So each rank's main thread, which does not compute, keeps a connection
 * to rank 0's and says a word every second. A connection that ends without a good-bye is a process that died: known
 * at once. One that falls silent is a process that was stopped, or a network that was cut: known after
 * `silenceSeconds`.
 */

const beatMilliseconds = 1_000;
const connectMilliseconds = 5_000;
const longestLine = 4_096;

/** Where rank 0 listens; carried to the others by MPI. */
export const watchAddress = z.strictObject({
  /** In the order to try. */
  hosts: z.array(z.string().min(1)).min(1),
  port: z.number().int().positive(),
  secret: z.string().length(32),
  /** Rank 0's name for its host. */
  name: z.string(),
  /** Of the machine's running kernel: who has the same tries 127.0.0.1 first. */
  boot: z.string(),
});
export type WatchAddress = z.infer<typeof watchAddress>;

/** What became of a peer. */
export interface Loss {
  readonly rank: number;
  readonly host: string;
  /** `gone`: its process ended without a word. `silent`: it does not answer. `failed`: it said why it ends. */
  readonly how: 'gone' | 'silent' | 'failed';
  readonly sentence: string;
  /** The name of what it threw, where it said so. */
  readonly errorName?: string;
}

/** Why a rank ends, as it tells rank 0. */
export interface Farewell {
  readonly errorName: string;
  readonly failed: string;
}

export interface WatchOptions {
  readonly rank: number;
  readonly size: number;
  /** Called once, for the peer lost first. */
  readonly onLost: (loss: Loss) => void;
  readonly silenceSeconds?: number;
  readonly host?: string;
}

interface Peer {
  readonly rank: number;
  readonly host: string;
  readonly socket: Socket;
  heardAt: number;
}

const helloLine = z.strictObject({
  rank: z.number().int().positive(),
  secret: z.string(),
  host: z.string().max(255),
});
const failedLine = z.strictObject({ failed: z.string(), errorName: z.string() });

export class Watch {
  readonly #options: WatchOptions;
  readonly #silence: number;
  readonly #host: string;
  readonly #peers = new Map<number, Peer>();
  readonly #came = new Set<number>();
  readonly #ticker: NodeJS.Timeout;
  #server: ReturnType<typeof createServer> | undefined;
  #ticked = performance.now();
  #over = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#silence = options.silenceSeconds ?? 5;
    this.#host = options.host ?? hostname();
    this.#ticker = setInterval(() => this.#tick(), beatMilliseconds);
  }

  /** Rank 0: listen for the others. */
  async listen(): Promise<WatchAddress> {
    const secret = randomBytes(16).toString('hex');
    const server = createServer((socket) => this.#welcome(socket, secret));
    this.#server = server;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the watch has no port');
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
      .map(({ address }) => address);
    return {
      hosts: [...new Set([...own, this.#host])].slice(0, 16),
      port: address.port,
      secret,
      name: this.#host,
      boot: bootId(),
    };
  }

  /** The others: connect to rank 0. @throws Error where it is not reached by any of its addresses */
  async join({ hosts, port, secret, name, boot }: WatchAddress): Promise<void> {
    // Of one machine, though perhaps not of one network: containers have a loopback each.
    const near = boot !== '' && boot === bootId() ? ['127.0.0.1'] : [];
    const tries: string[] = [];
    for (const host of new Set([...near, ...hosts])) {
      try {
        const socket = await opened(host, port);
        socket.write(`${JSON.stringify({ rank: this.#options.rank, secret, host: this.#host })}\n`);
        this.#keep({ rank: 0, host: name, socket, heardAt: performance.now() }, '');
        return;
      } catch (error) {
        tries.push(`${host}: ${(error as Error).message}`);
      }
    }
    throw new Error(`rank ${this.#options.rank} cannot reach rank 0 on ${name} (${tries.join('; ')})`);
  }

  /** Rank 0: the ranks that have not come yet. */
  missing(): number[] {
    if (this.#over) return [];
    return Array.from({ length: this.#options.size - 1 }, (_, i) => i + 1).filter(
      (rank) => !this.#came.has(rank),
    );
  }

  /** End without alarming anybody; `why` tells rank 0 that this rank failed, and how. */
  async close(why?: Farewell): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#ticker);
    this.#server?.close();
    const word = why === undefined ? 'bye' : JSON.stringify({ ...why, failed: why.failed.slice(0, 1_500) });
    await Promise.all(
      [...this.#peers.values()].map(
        ({ socket }) =>
          new Promise<void>((resolve) => {
            socket.once('close', resolve);
            setTimeout(resolve, 500).unref();
            socket.end(`${word}\n`);
          }),
      ),
    );
    for (const { socket } of this.#peers.values()) socket.destroy();
  }

  #welcome(socket: Socket, secret: string): void {
    socket.on('error', () => {});
    let text = '';
    // Who does not say hello at once is no rank.
    const timer = setTimeout(() => socket.destroy(), connectMilliseconds);
    const read = (part: Buffer) => {
      text += part;
      if (text.length > longestLine) socket.destroy();
      const end = text.indexOf('\n');
      if (end < 0) return;
      clearTimeout(timer);
      socket.off('data', read);
      const hello = parsed(helloLine, text.slice(0, end));
      const known = hello !== undefined && sameText(hello.secret, secret) && hello.rank < this.#options.size;
      if (!known || this.#came.has(hello.rank)) return void socket.destroy();
      this.#keep(
        { rank: hello.rank, host: hello.host, socket, heardAt: performance.now() },
        text.slice(end + 1),
      );
    };
    socket.on('data', read);
    socket.once('close', () => clearTimeout(timer));
  }

  #keep(peer: Peer, heard: string): void {
    const { rank, host, socket } = peer;
    this.#peers.set(rank, peer);
    this.#came.add(rank);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    let text = heard;
    const read = () => {
      peer.heardAt = performance.now();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        if (line === 'bye') this.#peers.delete(rank);
        const failed = line.startsWith('{') ? parsed(failedLine, line) : undefined;
        if (failed)
          this.#lose({ rank, host, how: 'failed', sentence: failed.failed, errorName: failed.errorName });
      }
      if (text.length > longestLine) socket.destroy();
    };
    socket.on('data', (part: Buffer) => {
      text += part;
      read();
    });
    socket.on('close', () => {
      if (this.#peers.get(rank) !== peer) return;
      this.#lose({
        rank,
        host,
        how: 'gone',
        sentence: `rank ${rank} on ${host} is gone: its process ended without a word`,
      });
    });
    if (heard !== '') read();
  }

  #tick(): void {
    const now = performance.now();
    // This process was held up itself: what the others said meanwhile is still to be read.
    const late = now - this.#ticked > 2 * beatMilliseconds;
    this.#ticked = now;
    for (const peer of this.#peers.values()) {
      peer.socket.write('.\n');
      if (late) peer.heardAt = now;
      if (now - peer.heardAt <= 1e3 * this.#silence) continue;
      const { rank, host } = peer;
      const sentence = `rank ${rank} on ${host} did not answer for ${this.#silence} s: its process was stopped, or its host cannot be reached`;
      this.#lose({ rank, host, how: 'silent', sentence });
      return;
    }
  }

  #lose(loss: Loss): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#ticker);
    this.#server?.close();
    this.#options.onLost(loss);
  }
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), connectMilliseconds);
    socket.once('error', reject);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function parsed<S extends z.ZodType>(schema: S, line: string): z.infer<S> | undefined {
  try {
    return decode(schema, JSON.parse(line), 'a word of the watch');
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
