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
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
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
