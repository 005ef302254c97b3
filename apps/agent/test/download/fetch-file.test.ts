import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { type FetchOptions, fetchFile, type RemoteFile } from '../../src/download/fetch-file.ts';
import { until } from '../programs.ts';
import { temporaryFolder } from '../support.ts';
import { serveFiles } from './serve-files.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');

interface Breaking {
  /** So many answers break off, each when something of it has been written to the file in `folder`. */
  readonly breaks?: number;
  readonly folder?: string;
  readonly etag?: () => string | undefined;
}

function breaking({ breaks = 0, folder = '', etag = () => '"v1"' }: Breaking = {}) {
  const ranges: (string | undefined)[] = [];
  const listener: RequestListener = (request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    const mark = etag();
    const from =
      mark !== undefined && request.headers['if-range'] === mark ? Number(/\d+/.exec(range!)![0]) : 0;
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': content.length - from,
      ...(mark !== undefined && { etag: mark }),
      ...(from > 0 && { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    if (ranges.length > breaks) return void response.end(content.subarray(from));
    response.write(content.subarray(from, from + 100_000));
    void until(
      () => sizeOf(join(folder, 'data.part')),
      (size) => size > from,
      60,
    ).then(() => response.destroy());
  };
  return { listener, ranges };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

async function fetched(url: string, more: Partial<RemoteFile & FetchOptions> = {}) {
  const { folder = temporaryFolder(), bytes, sha256, ...options } = more;
  const file = { name: 'data', url, ...(bytes && { bytes }), ...(sha256 && { sha256 }) };
  const path = await fetchFile(file, { folder, pauseSeconds: 0.01, ...options });
  return { folder, path };
}

describe('a file from the network', () => {
  it('goes on where the connection broke, and is there under its name when it is whole', async () => {
    const folder = temporaryFolder();
    const { listener, ranges } = breaking({ breaks: 2, folder });
    const steps: number[] = [];
    const { path } = await fetched(await serveFiles(listener), {
      folder,
      sha256,
      bytes: content.length,
      onBytes: (bytes) => steps.push(bytes),
    });
    expect(readFileSync(path)).toEqual(content);
    expect(ranges[0]).toBeUndefined();
    expect(ranges).toHaveLength(3);
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ''))).toBe(true);
    expect(steps.at(-1)).toBe(content.length);
    expect(['data.part', 'data.etag'].some((name) => existsSync(join(folder, name)))).toBe(false);
  });

  it.each([
    ['has another file by then', () => `"${Math.random()}"`],
    ['does not say which file it was', () => undefined],
  ])('begins anew where the server %s', async (_, etag) => {
    const folder = temporaryFolder();
    const { listener } = breaking({ breaks: 1, folder, etag });
    const { path } = await fetched(await serveFiles(listener), { folder, sha256 });
    expect(readFileSync(path)).toEqual(content);
  });

  it('that never comes whole is given up with a sentence, and what has come is kept', async () => {
    const folder = temporaryFolder();
    const { listener } = breaking({ breaks: 2, folder });
    const attempt = fetched(await serveFiles(listener), { folder, tries: 2 });
    await expect(attempt).rejects.toThrow(LackingError);
    await expect(attempt).rejects.toThrow(/^127\.0\.0\.1:\d+ .*broke off.*\(tried 2 times\)/);
    expect(existsSync(join(folder, 'data'))).toBe(false);
    const { listener: whole, ranges } = breaking();
    const again = await fetched(await serveFiles(whole), { folder, sha256 });
    expect(ranges[0]).toMatch(/^bytes=[1-9]/);
    expect(readFileSync(again.path)).toEqual(content);
  });

  it.each([
    [
      'of another checksum',
      { sha256: '0'.repeat(64) },
      /its SHA-256 is [0-9a-f]{64}, not 0{64}\. It was not kept\./,
    ],
    ['of another size', { bytes: 300_001 }, /it has 300000 bytes, not 300001/],
  ])('%s is not kept', async (_, wanted, sentence) => {
    const folder = temporaryFolder();
    const attempt = fetched(await serveFiles(breaking().listener), { folder, ...wanted });
    await expect(attempt).rejects.toThrow(sentence);
    expect(['data', 'data.part'].filter((name) => existsSync(join(folder, name)))).toEqual([]);
  });

  it('is held to the checksum that a redirection states', async () => {
    const stated = (value: string): RequestListener => {
      const { listener } = breaking();
      return (request, response) => {
        if (request.url !== '/') return listener(request, response);
        response.writeHead(302, { location: '/blob', 'x-linked-etag': `"${value}"` }).end();
      };
    };
    const { path } = await fetched(await serveFiles(stated(sha256)));
    expect(readFileSync(path)).toEqual(content);
    await expect(fetched(await serveFiles(stated('a'.repeat(64))))).rejects.toThrow(/not a{64}/);
  });

  it.each([
    [404, /answers 404 Not Found for data: http:\S+ is not to be had\.$/, 1],
    [503, /answers 503 Service Unavailable for data \(tried 3 times\)/, 3],
  ])(
    'that is answered with %i is told of, and asked for again only where that may help',
    async (status, sentence, asked) => {
      let requests = 0;
      const url = await serveFiles((_, response) => {
        requests++;
        response.writeHead(status).end();
      });
      await expect(fetched(url, { tries: 3 })).rejects.toThrow(sentence);
      expect(requests).toBe(asked);
    },
  );

  it('without a network is told with the host and what to set behind a proxy', async () => {
    const url = await serveFiles(() => {});
    await expect(fetched('http://127.0.0.1:9/', { tries: 2 })).rejects.toThrow(
      /^127\.0\.0\.1:9 cannot be reached.*HTTPS_PROXY/,
    );
    await expect(fetched(url, { tries: 1, stallSeconds: 0.2 })).rejects.toThrow(/sent nothing for 0\.2 s/);
  });

  it('that is interrupted is gone on with by the next call', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const held = await serveFiles((_, response) => {
      response.writeHead(200, { 'content-length': content.length, etag: '"v1"' });
      response.write(content.subarray(0, 50_000));
    });
    const onBytes = (bytes: number) => bytes > 0 && stop.abort();
    await expect(fetched(held, { folder, signal: stop.signal, onBytes })).rejects.toThrow(/abort/i);
    // As much as was written: the write behind the last bytes may not have come to pass.
    writeFileSync(join(folder, 'data.part'), content.subarray(0, 40_000));
    const { listener, ranges } = breaking();
    const { path } = await fetched(await serveFiles(listener), { folder, sha256 });
    expect(ranges).toEqual(['bytes=40000-']);
    expect(readFileSync(path)).toEqual(content);
  });
});
