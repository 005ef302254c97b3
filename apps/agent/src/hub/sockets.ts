import type { Server as HttpServer } from 'node:http';
import { decode, type HubToPage, type HubToRank, type PageToHub, type RankToHub } from '@litmatter/protocol';
import { type Namespace, Server, type Socket } from 'socket.io';
import type { z } from 'zod';
import { fromOwnOrigin, type Gate, hasToken } from './guard.ts';
import { problemOf } from './problems.ts';
import { sameSecret } from './token.ts';

export type RankSocket = Socket<RankToHub, HubToRank>;
export type PageSocket = Socket<PageToHub, HubToPage>;

/** The largest message read: an epoch record of 4,096 ranks is about 1 MB. */
const maxMessageBytes = 16 * 2 ** 20;

export interface Sockets {
  readonly server: Server;
  readonly pages: Namespace<PageToHub, HubToPage>;
  readonly ranks: Namespace<RankToHub, HubToRank>;
  close(): Promise<void>;
}

/** socket.io on the hub's server: two namespaces, each behind the token, nothing on the default one. */
export function openSockets(http: HttpServer, gate: Gate): Sockets {
  const server = new Server(http, {
    path: '/socket.io/',
    serveClient: false,
    maxHttpBufferSize: maxMessageBytes,
    connectTimeout: 10_000,
    // The hub's cookie is enough; engine.io's own would carry nothing.
    cookie: false,
    allowRequest: (request, answer) => answer(null, fromOwnOrigin(request.headers)),
  });
  const refuse = new Error('This hub needs its token.');
  const guard = (socket: Socket, next: (error?: Error) => void): void => {
    const { token } = socket.handshake.auth as { token?: unknown };
    const allowed =
      typeof token === 'string' ? sameSecret(token, gate.token) : hasToken(socket.handshake.headers, gate);
    next(allowed ? undefined : refuse);
  };
  server.use((_socket, next) => next(new Error('Connect to /pages or /ranks.')));
  const pages: Sockets['pages'] = server.of('/pages');
  const ranks: Sockets['ranks'] = server.of('/ranks');
  pages.use(guard);
  ranks.use(guard);
  return { server, pages, ranks, close: () => server.close() };
}

/**
 * Answer one socket message: decode it, do `work`, and answer with what it returns or with a Problem. A payload that
 * is not what the protocol says changes nothing and is told so.
 */
export function answering<S extends z.ZodType, A>(
  schema: S,
  what: string,
  work: (message: z.infer<S>) => A,
  onFault: (error: unknown) => void,
): (message: unknown, answer: unknown) => void {
  return (message, answer) => {
    const reply = (value: unknown) => {
      if (typeof answer === 'function') answer(value);
    };
    try {
      reply(work(decode(schema, message, what)));
    } catch (error) {
      const known = problemOf(error);
      if (known === undefined) onFault(error);
      reply({ problem: known?.problem ?? { message: 'The hub failed at this message: hub.log says more.' } });
    }
  };
}
