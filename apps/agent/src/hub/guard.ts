import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendSignInPage } from './sign-in.ts';
import { sameSecret } from './token.ts';

/**
 * Who may ask what. Every route names its policy in `config.policy`, and one without a policy is refused when it is
 * registered, so a new route cannot slip by:
 * - `open`: anyone (health alone)
 * - `api`: the token, as Bearer header or cookie; refused with a Problem
 * - `page`: the token, or `?token=` once, which becomes the cookie; refused with a sign-in page
 */
export type Policy = 'open' | 'api' | 'page';

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: Policy;
  }
}

export interface Gate {
  readonly token: string;
  /** Cookies of one host are shared by all its ports: the name keeps two hubs apart. */
  readonly cookieName: string;
  /** '/' or '/node/host/8787/': the cookie's path and the start of every address. */
  readonly basePath: string;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const unauthorised =
  'This hub needs its token: send it as "Authorization: Bearer ..." (the file `token` in its data folder).';

/** Whether headers carry the token, as Bearer or as the hub's cookie. */
export function hasToken(headers: IncomingHttpHeaders, gate: Gate): boolean {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return sameSecret(bearer.trim(), gate.token);
  const cookie = cookieValue(headers.cookie ?? '', gate.cookieName);
  return cookie !== undefined && sameSecret(cookie, gate.token);
}

/** The value of one cookie of a Cookie header (RFC 6265); ours holds nothing that needs decoding. */
function cookieValue(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/**
 * Whether a request comes from the hub's own page or from no page at all. Another site (or another port of the same
 * host, for which SameSite does not help) can make a browser send the cookie, but cannot forge these headers.
 * A proxy may rewrite Host and say the outer one in X-Forwarded-Host; a page cannot send that header without a
 * preflight, which this hub never grants.
 */
export function fromOwnOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin } = headers;
  if (headers['sec-fetch-site'] === 'same-origin') return true;
  if (origin === undefined)
    return headers['sec-fetch-site'] === undefined || headers['sec-fetch-site'] === 'none';
  const host = URL.canParse(origin) ? new URL(origin).host : undefined;
  const forwarded = String(headers['x-forwarded-host'] ?? '')
    .split(',')[0]
    ?.trim();
  return host !== undefined && (host === headers.host || host === forwarded);
}

/** A route as it was registered. */
export interface GuardedRoute {
  readonly method: string;
  readonly url: string;
  readonly policy: Policy;
}

/**
 * Put the guard before every route of `app`, those of plugins and the 404 included.
 * @returns every route, as they are registered from now on
 */
export function addGuard(app: FastifyInstance, gate: Gate): readonly GuardedRoute[] {
  const routes: GuardedRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    if (config?.policy === undefined) {
      throw new Error(`The route ${String(method)} ${url} has no policy: give it config.policy.`);
    }
    for (const one of [method].flat()) routes.push({ method: one, url, policy: config.policy });
  });
  app.addHook('onRequest', async (request, reply) => {
    const policy = request.routeOptions.config.policy ?? 'api';
    if (policy === 'open') return;
    if (!safeMethods.has(request.method) && !fromOwnOrigin(request.headers)) {
      return reply
        .code(401)
        .send({ message: 'This request comes from a page that is not this hub: it was refused.' });
    }
    if (policy === 'page' && request.method === 'GET') {
      const handled = takeTokenFromAddress(request, reply, gate);
      if (handled) return reply;
    }
    if (hasToken(request.headers, gate)) return;
    if (policy === 'page') return sendSignInPage(reply, gate.basePath);
    return reply.code(401).send({ message: unauthorised });
  });
  return routes;
}

/** A page asked for with `?token=`: set the cookie and send the browser to the same address without it. */
function takeTokenFromAddress(request: FastifyRequest, reply: FastifyReply, gate: Gate): boolean {
  const url = new URL(request.url, 'http://hub');
  const given = url.searchParams.get('token');
  if (given === null) return false;
  if (!sameSecret(given.trim(), gate.token)) {
    sendSignInPage(reply, gate.basePath, 'That token is not the one of this hub.');
    return true;
  }
  url.searchParams.delete('token');
  const path = url.pathname.replace(/^\/+/, '');
  reply
    .header(
      'set-cookie',
      `${gate.cookieName}=${gate.token}; Path=${gate.basePath}; HttpOnly; SameSite=Strict`,
    )
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .redirect(`${gate.basePath}${path}${url.search}`, 303);
  return true;
}
