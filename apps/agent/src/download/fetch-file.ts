import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LackingError } from '@litmatter/protocol';

export interface RemoteFile {
  /** What it is called here. */
  readonly name: string;
  readonly url: string;
  readonly bytes?: number;
  /** Hexadecimal. Without it, what the server says of the file. */
  readonly sha256?: string;
}

export interface FetchOptions {
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number, total: number | undefined) => void;
  /** Every byte has come; it is being checked. */
  readonly onCheck?: () => void;
  /** Without a byte more for so long, a connection is given up. */
  readonly stallSeconds?: number;
  /** How often a connection that fails is made anew, and how long to wait before the first of those. */
  readonly tries?: number;
  readonly pauseSeconds?: number;
}

const mostRedirects = 5;
const proxyHint = 'Behind a proxy, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1.';

/** The connection failed: another may not. */
class Broken extends Error {}

/**
 * Bring a file into a folder. It comes as NAME.part, is checked, and takes its name then: under its own name it is
 * whole. What has come of it before goes on where the server still has the same file, else from the beginning.
 *
 * @returns its path
 * @throws LackingError where the server cannot be reached, has no such file, or has another than it should; the
 * signal's reason where it was interrupted
 */
export async function fetchFile(file: RemoteFile, options: FetchOptions): Promise<string> {
  const { tries = 4, pauseSeconds = 1, signal } = options;
  const path = join(options.folder, file.name);
  if (existsSync(path)) return path;
  for (let attempt = 1; ; attempt++) {
    try {
      const stated = await receive(file, path, options);
      options.onCheck?.();
      await check(file, `${path}.part`, stated);
      await rename(`${path}.part`, path);
      rmSync(`${path}.etag`, { force: true });
      return path;
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Broken)) throw error;
      if (attempt === tries) throw new LackingError(`${error.message} (tried ${tries} times). ${proxyHint}`);
      await sleep(1e3 * pauseSeconds * 2 ** (attempt - 1), undefined, { ...(signal && { signal }) });
    }
  }
}

/** @returns the SHA-256 that the server states; undefined where it states none */
async function receive(file: RemoteFile, path: string, options: FetchOptions): Promise<string | undefined> {
  const { stallSeconds = 60, onBytes, signal } = options;
  const [part, mark] = [`${path}.part`, `${path}.etag`];
  // Without the server's own mark of what it was, a part may be of another file.
  let have = existsSync(mark) && existsSync(part) ? statSync(part).size : 0;
  const stalled = new AbortController();
  const stall = setTimeout(() => stalled.abort(), 1e3 * stallSeconds);
  const signals = AbortSignal.any([stalled.signal, ...(signal ? [signal] : [])]);
  const { host } = new URL(file.url);
  try {
    const range = have > 0 ? { range: `bytes=${have}-`, 'if-range': readFileSync(mark, 'utf8') } : {};
    const { response, stated } = await request(file.url, range, signals);
    const goesOn =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`);
    if (response.status !== 200 && !goesOn) {
      await response.body?.cancel();
      if (response.status === 206 || response.status === 416) rmSync(part, { force: true });
      const told = `${host} answers ${response.status} ${response.statusText} for ${file.name}`;
      const passing = [206, 408, 416, 425, 429].includes(response.status) || response.status >= 500;
      throw passing ? new Broken(told) : new LackingError(`${told}: ${file.url} is not to be had.`);
    }
    if (!goesOn) {
      have = 0;
      // Before the new mark: whenever this ends, part and mark are of one file.
      rmSync(part, { force: true });
    }
    const etag = response.headers.get('etag');
    if (etag !== null && !etag.startsWith('W/')) await writeFile(mark, etag);
    else rmSync(mark, { force: true });
    const length = response.headers.get('content-length');
    const total = length === null ? file.bytes : have + Number(length);
    onBytes?.(have, total);
    async function* counted(body: AsyncIterable<Uint8Array>) {
      for await (const bytes of body) {
        stall.refresh();
        have += bytes.length;
        onBytes?.(have, total);
        yield bytes;
      }
    }
    await pipeline(
      response.body ?? Readable.from([]),
      counted,
      createWriteStream(part, { flags: have > 0 ? 'a' : 'w' }),
      {
        signal: signals,
      },
    );
    if (length !== null && have !== total) {
      throw new Broken(`${host} broke off after ${have} of ${total} bytes of ${file.name}`);
    }
    return stated;
  } catch (error) {
    if (stalled.signal.aborted) throw new Broken(`${host} sent nothing for ${stallSeconds} s`);
    throw asBroken(error, host);
  } finally {
    clearTimeout(stall);
  }
}

/** GET, through redirections, on whose way the SHA-256 of a large file may stand (huggingface.co: X-Linked-Etag). */
async function request(url: string, headers: Record<string, string>, signal: AbortSignal) {
  let stated: string | undefined;
  for (let at = url, hops = 0; ; hops++) {
    const response = await fetch(at, {
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'litmatter' },
      redirect: 'manual',
      signal,
    });
    stated ??= /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(response.headers.get('x-linked-etag') ?? '')?.[1];
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) return { response, stated };
    await response.body?.cancel();
    const target = new URL(next, at);
    if (hops === mostRedirects || (target.protocol !== 'https:' && new URL(at).protocol === 'https:')) {
      throw new LackingError(`${url} leads on to ${target.origin}, too often or without encryption.`);
    }
    at = target.href;
  }
}

/** fetch tells of the network by a TypeError whose cause says why; of a full disk the file system tells. */
function asBroken(error: unknown, host: string): unknown {
  if (error instanceof Broken || error instanceof LackingError) return error;
  if (!(error instanceof TypeError) && !/^(?:UND_ERR|ECONN|EPIPE|ETIMEDOUT)/.test(codeOf(error)))
    return error;
  const why = codeOf((error as Error).cause) || codeOf(error) || (error as Error).message;
  return new Broken(`${host} cannot be reached or broke off (${why})`);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

async function check(file: RemoteFile, part: string, stated: string | undefined): Promise<void> {
  const { size } = statSync(part);
  let wrong =
    file.bytes !== undefined && size !== file.bytes ? `it has ${size} bytes, not ${file.bytes}` : undefined;
  const wanted = file.sha256 ?? stated;
  if (wrong === undefined && wanted !== undefined) {
    const hash = createHash('sha256');
    for await (const bytes of createReadStream(part)) hash.update(bytes as Uint8Array);
    const found = hash.digest('hex');
    if (found !== wanted) wrong = `its SHA-256 is ${found}, not ${wanted}`;
  }
  if (wrong === undefined) return;
  rmSync(part);
  throw new LackingError(
    `${file.url} gave another file than ${file.name} should be: ${wrong}. It was not kept.`,
  );
}
