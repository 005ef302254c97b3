import { decode, InputError, problem, type Route, type RouteName, routes } from '@litmatter/protocol';
import type { z } from 'zod';

type Routes = typeof routes;
type Part<R, K extends keyof Route> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? z.input<S>
  : undefined;

export type Answer<N extends RouteName> = Routes[N] extends { readonly answer: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

export interface Asked<N extends RouteName> {
  readonly params?: Part<Routes[N], 'params'>;
  readonly query?: Part<Routes[N], 'query'>;
  readonly body?: Part<Routes[N], 'body'>;
}

export type HubClient = <N extends RouteName>(name: N, asked?: Asked<N>) => Promise<Answer<N>>;

/**
 * Speak to a hub by its address and token.
 *
 * @param url - with its base path: "http://127.0.0.1:8787/"
 * @returns a function that calls a route of the protocol and decodes its answer; it throws an InputError where the hub
 *   refuses or cannot be reached
 */
export function hubClient(url: string, token: string): HubClient {
  const base = url.endsWith('/') ? url : `${url}/`;
  return async (name, asked = {}) => {
    const route: Route = routes[name];
    const values = (asked.params ?? {}) as Record<string, string>;
    const path = route.path
      .slice(1)
      .replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
    const address = new URL(path, base);
    for (const [key, value] of Object.entries(asked.query ?? {}))
      address.searchParams.set(key, String(value));
    let response: Response;
    try {
      response = await fetch(address, {
        method: route.method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(asked.body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
      });
    } catch (error) {
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      throw new InputError(
        `No hub answers at ${base} (${cause?.code ?? (error as Error).message}): is "litmatter serve" running, and the address right?`,
      );
    }
    const value: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const said = problem.safeParse(value);
      throw said.success
        ? new InputError(said.data.message, said.data.fields)
        : new InputError(`${base} answered with status ${response.status}: it does not seem to be a hub.`);
    }
    return (
      route.answer === undefined ? undefined : decode(route.answer, value, `the hub's answer to ${name}`)
    ) as Answer<typeof name>;
  };
}
