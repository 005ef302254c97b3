import { decode, type Route, type RouteName, routes } from '@litmatter/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';

type Decoded<S> = S extends z.ZodType ? z.output<S> : undefined;
type Field<R, K extends keyof Route> = R extends { readonly [P in K]: infer S } ? Decoded<S> : undefined;

export interface Asked<N extends RouteName> {
  readonly params: Field<(typeof routes)[N], 'params'>;
  readonly query: Field<(typeof routes)[N], 'query'>;
  readonly body: Field<(typeof routes)[N], 'body'>;
}

/** What a handler returns: the route's answer, or nothing where the handler sent a file through `reply`. */
export type Answered<N extends RouteName> = (typeof routes)[N] extends { answer: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

export type Handlers = {
  readonly [N in RouteName]: (asked: Asked<N>, reply: FastifyReply) => Answered<N> | Promise<Answered<N>>;
};

/** Register every route of the protocol: what comes in is decoded by the route's schemas before its handler sees it. */
export function addRoutes(app: FastifyInstance, handlers: Handlers): void {
  const all = Object.entries(routes) as [RouteName, Route][];
  addThese(
    app,
    all.filter(([, { upload }]) => !upload),
    handlers,
  );
  // Elsewhere a body is JSON or refused; here it is left for the handler to take as it comes.
  void app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser('application/octet-stream', (_request, _body, done) => done(null));
    uploads.addHook('onError', async (_request, reply) => {
      // The rest of what was refused is not waited for.
      reply.header('connection', 'close');
    });
    addThese(
      uploads,
      all.filter(([, { upload }]) => upload),
      handlers,
    );
  });
}

function addThese(
  app: FastifyInstance,
  all: readonly (readonly [RouteName, Route])[],
  handlers: Handlers,
): void {
  for (const [name, route] of all) {
    const handle = handlers[name] as (asked: unknown, reply: FastifyReply) => unknown;
    app.route({
      method: route.method,
      url: route.path,
      config: { policy: 'api' },
      ...(route.bodyLimit !== undefined && { bodyLimit: route.bodyLimit }),
      handler: async (request, reply) => {
        const answer = await handle(
          {
            params: route.params && decode(route.params, request.params, 'the address'),
            query: route.query && decode(route.query, request.query, 'the address'),
            body: route.body && decode(route.body, request.body ?? undefined, 'the request'),
          },
          reply,
        );
        return answer === undefined ? reply : answer;
      },
    });
  }
}
