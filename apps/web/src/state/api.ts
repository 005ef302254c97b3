import { type Problem, problem, type Route, type RouteName, routes } from '@litmatter/protocol';
import type { z } from 'zod';
import { hubPath } from './base.ts';
import { noteHubTime } from './clock.ts';
import { signedOut } from './session.ts';
import { noteHeard } from './socket.ts';

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
  readonly signal?: AbortSignal;
}

/** The hub said no, in a sentence; `fields` name what to mark in a form. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  constructor(status: number, { message, fields = {} }: Problem) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/** Nothing answered, or what answered does not speak this protocol. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The address of a route with its parameters and query filled in, base path included. */
export function addressOf<N extends RouteName>(name: N, asked: Asked<N> = {}): string {
  const values = (asked.params ?? {}) as Record<string, string>;
  const path = routes[name].path.replace(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(values[key] ?? ''),
  );
  const query = new URLSearchParams((asked.query ?? {}) as Record<string, string>).toString();
  return hubPath(path) + (query ? `?${query}` : '');
}

/**
 * Call one of the hub's routes and decode its answer.
 * @throws Refused where the hub refuses, Unreachable where it does not answer or answers something else
 */
export async function call<N extends RouteName>(name: N, asked: Asked<N> = {}): Promise<Answer<N>> {
  const route: Route = routes[name];
  const value = await ask(name, asked);
  return (
    route.answer ? decodeAnswer(route.answer, value, `${route.method} ${route.path}`) : value
  ) as Answer<N>;
}

/** The answer of a route as it came, not decoded: for a caller that has a narrower schema of its own. */
export async function ask<N extends RouteName>(name: N, asked: Asked<N> = {}): Promise<unknown> {
  const response = await reach(addressOf(name, asked), requestOf(name, asked));
  noteHubTime(response.headers.get('date'));
  const value: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) signedOut.set(true);
  if (!response.ok) throw refusal(response.status, value);
  return value;
}

/** The bytes of a route whose answer is a file. @throws Refused, Unreachable as `call` */
export async function fetchFile<N extends RouteName>(
  name: N,
  asked: Asked<N> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await reach(addressOf(name, asked), requestOf(name, asked));
  if (response.status === 401) signedOut.set(true);
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => undefined));
  return new Uint8Array(await response.arrayBuffer());
}

function requestOf<N extends RouteName>(name: N, { body, signal }: Asked<N>): RequestInit {
  return {
    method: routes[name].method,
    ...(signal && { signal }),
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  };
}

/** Decode what the hub sent; `what` names it in the sentence where it does not fit. @throws Unreachable */
export function decodeAnswer<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const decoded = schema.safeParse(value);
  if (decoded.success) return decoded.data;
  const [first] = decoded.error.issues;
  throw new Unreachable(
    `The hub's answer to ${what} is not what this page expects (${first?.path.join('.')}: ${first?.message}). Reload the page: the hub may have been updated.`,
  );
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(address, init);
    noteHeard();
    return response;
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Unreachable('The hub does not answer. Is `litmatter serve` still running, and the network up?');
  }
}

function refusal(status: number, value: unknown): Refused {
  const known = problem.safeParse(value);
  return new Refused(
    status,
    known.success ? known.data : { message: `The hub answered with status ${status} and no reason.` },
  );
}
