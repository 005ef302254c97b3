import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import pino from 'pino';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addGuard, fromOwnOrigin } from '../../src/hub/guard.ts';
import { type Hub, type HubOptions, startHub } from '../../src/hub/hub.ts';
import { redacted } from '../../src/hub/log.ts';
import { loadToken, sameSecret } from '../../src/hub/token.ts';
import { temporaryFolder } from '../support.ts';
import { FakeLauncher } from './fake-launcher.ts';

async function hub(options: Partial<HubOptions> = {}): Promise<Hub> {
  const started = await startHub({
    dataFolder: temporaryFolder(),
    port: 0,
    launchers: [new FakeLauncher()],
    webRoot: page(),
    ...options,
  });
  onTestFinished(() => started.close());
  return started;
}

/** A built dashboard, as small as one can be. */
function page(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'assets'));
  writeFileSync(
    join(root, 'index.html'),
    '<html><head><title>t</title><script>dark()</script></head></html>',
  );
  writeFileSync(join(root, 'assets', 'app-1234.js'), 'export {};');
  return root;
}

const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { headers, redirect: 'manual' });

describe('routes', () => {
  it('all refuse without the token, except /health', async () => {
    const { url, routes } = await hub();
    expect(routes.length).toBeGreaterThan(15);
    const open: string[] = [];
    for (const { method, url: path, policy } of routes) {
      const address = new URL(
        path.slice(1).replace(':id', 'some-id').replace('*', 'assets/app-1234.js'),
        url,
      );
      for (const headers of [
        {},
        { authorization: 'Bearer wrong-token-wrong' },
        { cookie: 'litmatter=wrong' },
      ]) {
        const { status } = await fetch(address, { method, headers });
        if (policy === 'open') expect(status, `${method} ${path}`).toBe(200);
        else expect(status, `${method} ${path}`).toBe(401);
      }
      if (policy === 'open') open.push(path);
    }
    expect([...new Set(open)]).toEqual(['/health']);
  });

  it('that do not exist are not told apart from those that do', async () => {
    const { url } = await hub();
    expect((await fetch(new URL('api/nothing', url), { method: 'POST' })).status).toBe(401);
    expect((await get(new URL('api/nothing', url).href)).status).toBe(401);
  });

  it('cannot be added without a policy', async () => {
    const app = Fastify();
    addGuard(app, { token: 't', cookieName: 'c', basePath: '/' });
    expect(() => app.get('/new', () => 'open to all')).toThrow(/has no policy/);
  });

  it('answer a refused call with a Problem and a refused page with a form', async () => {
    const { url } = await hub();
    const call = await get(new URL('api/experiments', url).href);
    expect(await call.json()).toEqual({ message: expect.stringMatching(/^This hub needs its token/) });
    const sheet = await get(url);
    expect(sheet.status).toBe(401);
    expect(await sheet.text()).toMatch(/<input id="token" name="token" type="password"/);
  });
});

describe('the token', () => {
  it('is made once, for its owner alone', () => {
    const folder = temporaryFolder();
    const { value, file } = loadToken(folder);
    expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadToken(folder).value).toBe(value);
  });

  it('of a named file is used, and a file without a usable one is refused', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'secret');
    expect(() => loadToken(folder, file)).toThrow(/does not exist/);
    writeFileSync(file, 'short\n');
    expect(() => loadToken(folder, file)).toThrow(/16 to 256 characters/);
    writeFileSync(file, 'a-token-of-my-own-choice\n');
    expect(loadToken(folder, file).value).toBe('a-token-of-my-own-choice');
  });

  it('is compared whole', () => {
    expect(sameSecret('abcdef', 'abcdef')).toBe(true);
    for (const other of ['', 'abcde', 'abcdefg', 'abcdeF']) expect(sameSecret(other, 'abcdef')).toBe(false);
  });

  it('in the address becomes a cookie and leaves the address', async () => {
    const { address, url, port, token } = await hub({ basePath: '/node/h/1/' });
    const first = await get(`${address}&x=1`);
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/node/h/1/?x=1');
    const cookie = first.headers.get('set-cookie')!;
    expect(cookie).toBe(`litmatter-${port}=${token}; Path=/node/h/1/; HttpOnly; SameSite=Strict`);
    const opened = await get(url, { cookie: cookie.split(';')[0]! });
    expect(opened.status).toBe(200);
    expect(await opened.text()).toContain('<base href="/node/h/1/">');
  });

  it('cannot be guessed into an address that leads elsewhere', async () => {
    const { url, token } = await hub();
    for (const path of ['//evil.example/', '/\\evil.example', '/%2f%2fevil.example']) {
      const answer = await get(`${url.slice(0, -1)}${path}?token=${token}`);
      const to = answer.headers.get('location');
      if (to !== null) expect(new URL(to, url).origin).toBe(new URL(url).origin);
    }
  });

  it('that is wrong in the address opens nothing and sets nothing', async () => {
    const { url } = await hub();
    const answer = await get(`${url}?token=wrong-token-wrong-token`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await answer.text()).toMatch(/not the one of this hub/);
  });

  it('opens no API route as a query', async () => {
    const { url, token } = await hub();
    expect((await get(new URL(`api/experiments?token=${token}`, url).href)).status).toBe(401);
  });

  it('is never written to the log', async () => {
    const dataFolder = temporaryFolder();
    const { address, url, token, close } = await hub({ dataFolder });
    const bearer = { authorization: `Bearer ${token}` };
    await get(address);
    await get(`${url}nothing.js?token=${token}&x=2`);
    await get(new URL('api/experiments/none', url).href, { ...bearer, cookie: `litmatter=${token}` });
    await fetch(new URL('api/experiments', url), {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: '{',
    });
    const socket = await connect(url, '/ranks', { token });
    socket.emit('hello', { run: token, attempt: -1 }, () => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close();
    const log = readFileSync(join(dataFolder, 'hub.log'), 'utf8');
    expect(log).toMatch(/"status":404/);
    expect(log).not.toContain(token);
  });

  it('is hidden wherever an object that carries it is logged', () => {
    let written = '';
    const log = pino(
      { redact: { paths: redacted, censor: '[hidden]' } },
      {
        write: (line: string) => {
          written += line;
        },
      },
    );
    log.info({ token: 'SECRET' });
    log.info({ headers: { authorization: 'SECRET', cookie: 'SECRET' }, auth: { token: 'SECRET' } });
    log.info({
      req: { headers: { authorization: 'SECRET', cookie: 'SECRET' } },
      res: { headers: { 'set-cookie': 'SECRET' } },
    });
    log.info({ handshake: { auth: { token: 'SECRET' }, headers: { cookie: 'SECRET' } } });
    expect(written.match(/\[hidden\]/g)).toHaveLength(9);
    expect(written).not.toContain('SECRET');
  });
});

describe('origin', () => {
  it('of another page is refused for what changes something, whatever cookie it brings', async () => {
    const { url, token, port } = await hub();
    const attempt = (headers: Record<string, string>) =>
      fetch(new URL('api/experiments/x/cancel', url), {
        method: 'POST',
        headers: { cookie: `litmatter-${port}=${token}`, ...headers },
      });
    expect((await attempt({ origin: 'http://127.0.0.1:1' })).status).toBe(401);
    expect((await attempt({ origin: 'null' })).status).toBe(401);
    expect((await attempt({ origin: new URL(url).origin })).status).toBe(404);
    expect((await attempt({})).status).toBe(404);
  });

  it('is the own one where browser, Host or proxy say so', () => {
    const host = 'hub.example:8787';
    expect(fromOwnOrigin({ host })).toBe(true);
    expect(fromOwnOrigin({ host, origin: `http://${host}` })).toBe(true);
    expect(
      fromOwnOrigin({ host, origin: 'https://outer.example', 'x-forwarded-host': 'outer.example' }),
    ).toBe(true);
    expect(fromOwnOrigin({ host, origin: 'https://outer.example', 'sec-fetch-site': 'same-origin' })).toBe(
      true,
    );
    expect(fromOwnOrigin({ host, origin: 'http://hub.example:3000' })).toBe(false);
    expect(fromOwnOrigin({ host, origin: 'http://hub.example:3000', 'sec-fetch-site': 'same-site' })).toBe(
      false,
    );
    expect(fromOwnOrigin({ host, 'sec-fetch-site': 'cross-site' })).toBe(false);
    expect(fromOwnOrigin({ host, origin: 'null' })).toBe(false);
  });
});

/** Connect, or throw the hub's reason. */
function connect(
  url: string,
  namespace: string,
  auth: object,
  headers: Record<string, string> = {},
): Promise<Socket> {
  const socket = io(new URL(namespace, url).href, {
    path: `${new URL(url).pathname}socket.io`,
    auth,
    extraHeaders: headers,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.disconnect());
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', reject);
  });
}

describe('sockets', () => {
  it('refuse every namespace without the token, and the default one with it', async () => {
    const { url, token, sockets } = await hub({ basePath: '/node/h/1/' });
    const namespaces = [...sockets._nsps.keys()];
    expect(namespaces).toEqual(['/', '/pages', '/ranks']);
    for (const namespace of namespaces) {
      await expect(connect(url, namespace, {}), namespace).rejects.toThrow();
      await expect(connect(url, namespace, { token: 'wrong' }), namespace).rejects.toThrow();
      await expect(connect(url, namespace, { token: { toString: token } }), namespace).rejects.toThrow();
    }
    await expect(connect(url, '/', { token })).rejects.toThrow(/Connect to/);
    await expect(connect(url, '/other', { token })).rejects.toThrow(/Invalid namespace/);
    expect((await connect(url, '/pages', { token })).connected).toBe(true);
  });

  it('take the cookie of the page, and no page of another origin', async () => {
    const { url, token, port } = await hub();
    const cookie = `litmatter-${port}=${token}`;
    expect((await connect(url, '/pages', {}, { cookie, origin: new URL(url).origin })).connected).toBe(true);
    await expect(connect(url, '/pages', {}, { cookie, origin: 'http://127.0.0.1:1' })).rejects.toThrow();
  });

  it('listen to the events of the protocol and no other', async () => {
    const { url, token, sockets } = await hub();
    await connect(url, '/pages', { token });
    await connect(url, '/ranks', { token });
    const listened = (namespace: string) =>
      [...sockets.of(namespace).sockets.values()].map((socket) =>
        socket
          .eventNames()
          .filter((name) => name !== 'disconnect' && name !== 'error')
          .sort(),
      );
    expect(listened('/pages')).toEqual([['unwatch', 'watch', 'watchList']]);
    expect(listened('/ranks')).toEqual([['heartbeat', 'hello', 'report']]);
  });
});

describe('files', () => {
  it('outside the dashboard are not served, however their path is written', async () => {
    const root = page();
    const outside = join(temporaryFolder(), 'secret.txt');
    writeFileSync(outside, 'SECRET');
    symlinkSync(outside, join(root, 'assets', 'link.txt'));
    const { url, token } = await hub({ webRoot: root });
    const bearer = { authorization: `Bearer ${token}` };
    expect((await get(`${url}assets/app-1234.js`, bearer)).status).toBe(200);
    const paths = [
      '../secret.txt',
      '..%2fsecret.txt',
      '%2e%2e/secret.txt',
      '%2e%2e%2fsecret.txt',
      '%252e%252e%252fsecret.txt',
      'assets/%00.js',
      'assets/..%5c..%5csecret.txt',
      'assets/link.txt',
      `${encodeURIComponent(outside)}`,
      `/${outside}`,
      '.%00./secret.txt',
      'assets/%c0%ae%c0%ae/secret.txt',
    ];
    for (const path of paths) {
      const answer = await rawGet(url, `/${path}`, bearer);
      expect(answer, path).toMatch(/^HTTP\/1.1 4\d\d/);
      expect(answer, path).not.toContain('SECRET');
    }
  });

  it('of the page may run its own inline scripts and nothing else', async () => {
    const { url, token } = await hub();
    const { headers } = await get(url, { authorization: `Bearer ${token}` });
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[A-Za-z0-9+/]{43}='(;|$)/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  });
});

/** A request whose path goes out as it stands: `fetch` would tidy it first. */
async function rawGet(url: string, path: string, headers: Record<string, string>): Promise<string> {
  const { connect: open } = await import('node:net');
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = open(Number(port), hostname);
    let answer = '';
    const lines = Object.entries({ host, connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  });
}
