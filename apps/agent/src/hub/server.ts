import { createServer, type IncomingMessage, type Server } from 'node:http';
import compress from '@fastify/compress';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { addGuard, type Gate, type GuardedRoute } from './guard.ts';
import { addErrorHandler } from './problems.ts';
import { addRoutes, type Handlers } from './routes.ts';
import { addDashboard } from './static.ts';

export interface WebServerOptions {
  readonly gate: Gate;
  readonly handlers: Handlers;
  /** Folder of the built dashboard. */
  readonly webRoot: string;
  readonly log: Logger;
  readonly version: string;
}

/** A file may come over a slow line; one that falls silent is given up sooner, in milliseconds. */
const longestRequest = 12 * 3_600_000;

/** The hub's HTTP side: guard first, then the protocol's routes, then the dashboard. Not yet listening. */
export async function buildServer(
  options: WebServerOptions,
): Promise<{ app: FastifyInstance; http: Server; routes: readonly GuardedRoute[] }> {
  const { gate } = options;
  let http: Server | undefined;
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    serverFactory: (handler) => {
      http = createServer({ requestTimeout: longestRequest }, handler);
      return http;
    },
    forceCloseConnections: true,
    // A file's name of 80 letters may be 9 times as long in an address.
    routerOptions: { maxParamLength: 720 },
  }) as unknown as FastifyInstance;

  const routes = addGuard(app, gate);
  addErrorHandler(app);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
  });
  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode < 400) return;
    request.log.info(
      { method: request.method, path: pathOf(request.url), status: reply.statusCode },
      'refused',
    );
  });
  await app.register(compress, { global: true, threshold: 1_024 });
  // Only for `reply.sendFile`, which the dashboard's own route calls with its folder.
  await app.register(fastifyStatic, { root: import.meta.dirname, serve: false });

  app.get('/health', { config: { policy: 'open' } }, () => ({ status: 'ok', version: options.version }));
  addRoutes(app, options.handlers);
  addDashboard(app, options.webRoot, gate.basePath);
  await app.ready();
  return { app, http: http!, routes };
}

/**
 * Let the server answer with and without its base path: a proxy may keep the prefix (Open OnDemand) or strip it
 * (jupyter-server-proxy). Call it last, so that sockets too see the stripped address.
 */
export function stripBasePath(http: Server, basePath: string): void {
  if (basePath === '/') return;
  const strip = (request: IncomingMessage) => {
    const url = request.url ?? '/';
    if (url.startsWith(basePath)) request.url = url.slice(basePath.length - 1);
    else if (url === basePath.slice(0, -1)) request.url = '/';
  };
  http.prependListener('request', strip);
  http.prependListener('upgrade', strip);
}

/** An address for the log: never its query, which may carry the token. */
function pathOf(url: string): string {
  return url.split('?', 1)[0]!;
}
