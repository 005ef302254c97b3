import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent } from '@litmatter/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Link, type LinkOptions } from '../../src/rank/link.ts';
import { Spool } from '../../src/rank/spool.ts';
import { startHub, type TestHub } from './hub.ts';

const key = { run: 'a-run', attempt: 1 };
let folder: string;
let spool: Spool;
let stored: Map<string, RunEvent>;
let tokenFile: string;
const open: (Link | TestHub)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'litmatter-link-'));
  spool = new Spool(join(folder, 'spool.jsonl'), key);
  stored = new Map();
  tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'secret\n');
});
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
  spool.close();
  rmSync(folder, { recursive: true });
});

async function hub(options: Parameters<typeof startHub>[1] = {}): Promise<TestHub> {
  const started = await startHub(stored, options);
  open.push(started);
  return started;
}

function link(url: string, options: Partial<LinkOptions> = {}): Link & { said: string[] } {
  const said: string[] = [];
  const made = new Link({
    url,
    tokenFile,
    ...key,
    spool,
    onCancel: () => {},
    log: (sentence) => said.push(sentence),
    backoff: { least: 0.02, most: 0.1 },
    answerSeconds: 0.3,
    ...options,
  });
  open.push(made);
  return Object.assign(made, { said });
}

function write(count: number): void {
  for (let i = 0; i < count; i++)
    spool.append({ type: 'log', level: 'info', message: `event ${spool.length}` });
}

/** What the hub holds is exactly what the spool holds. */
function expectAllStored(): void {
  expect([...stored.values()].sort((a, b) => a.seq - b.seq)).toEqual(spool.read(0, 10_000));
}

describe('the link to the hub', () => {
  it('delivers what was spooled before it connected and what comes later', async () => {
    write(3);
    const { url } = await hub();
    const rank = link(url);
    await vi.waitFor(() => expect(stored.size).toBe(3));
    write(2);
    rank.wake();
    expect(await rank.drain(5)).toBe(true);
    expectAllStored();
    expect(rank.said).toEqual([]);
  });

  it('sends more events than one message may carry', async () => {
    write(1203);
    const { url } = await hub();
    expect(await link(url).drain(10)).toBe(true);
    expectAllStored();
  });

  it('reaches a hub under a base path', async () => {
    write(1);
    const { url } = await hub({ path: '/node/n1/8787' });
    expect(await link(url).drain(5)).toBe(true);
  });

  it('loses and doubles nothing whenever the connection is cut or an answer is lost', async () => {
    let n = 0;
    const every = (k: number) => () => ++n % k === 0;
    const { url } = await hub({
      faults: { cutBeforeStore: every(5), cutAfterStore: every(7), loseAcknowledgement: every(11) },
    });
    const rank = link(url);
    for (let i = 0; i < 60; i++) {
      write(1);
      rank.wake();
      await new Promise((wake) => setTimeout(wake, 5));
    }
    expect(await rank.drain(20)).toBe(true);
    expectAllStored();
  });

  it('finds the hub again after it was down, and sends what came meanwhile', async () => {
    const first = await hub();
    write(2);
    const rank = link(first.url);
    await vi.waitFor(() => expect(stored.size).toBe(2));
    await first.close();
    write(2);
    rank.wake();
    await vi.waitFor(() => expect(rank.said.length).toBeGreaterThan(0));
    await hub({ port: first.port });
    expect(await rank.drain(5)).toBe(true);
    expectAllStored();
    expect(rank.said.at(-1)).toBe('The hub is reached again.');
  });

  it('keeps trying where its token is refused, with the token then in the file', async () => {
    writeFileSync(tokenFile, 'old');
    write(1);
    const { url } = await hub();
    const rank = link(url);
    await vi.waitFor(() => expect(rank.said.join()).toContain('the token is not the right one'));
    await new Promise((wake) => setTimeout(wake, 300));
    // Many tries, one line in the log.
    expect(rank.said).toHaveLength(1);
    expect(stored.size).toBe(0);
    writeFileSync(tokenFile, 'secret');
    expect(await rank.drain(5)).toBe(true);
  });

  it('says once that the hub refuses its events, however often it tries', async () => {
    write(1);
    const { url, hellos } = await hub({ faults: { refuse: () => true } });
    const rank = link(url);
    await vi.waitFor(() => expect(hellos()).toBeGreaterThan(4));
    expect(rank.said).toEqual(["The hub refuses this run's report: The run a-run has been deleted."]);
  });

  it('does not fall over an answer that is none', async () => {
    write(1);
    let wrong = 2;
    const { url } = await hub({ faults: { talkNonsense: () => --wrong >= 0 } });
    const rank = link(url);
    expect(await rank.drain(5)).toBe(true);
    expect(rank.said[0]).toMatch(/^The hub's answer/);
    expectAllStored();
  });

  it('gives up draining at the deadline, leaving the spool as it is', async () => {
    write(2);
    const rank = link('http://127.0.0.1:9/');
    expect(await rank.drain(0.3)).toBe(false);
    expect(spool.length).toBe(2);
  });

  it('hears a cancel, at once or at the next greeting', async () => {
    const cancelled = vi.fn();
    const { url, server, hellos } = await hub();
    link(url, { onCancel: cancelled });
    await vi.waitFor(() => expect(hellos()).toBe(1));
    expect(cancelled).not.toHaveBeenCalled();
    server.of('/ranks').emit('cancel');
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledTimes(1));

    const later = vi.fn();
    link((await hub({ faults: { cancelled: true } })).url, { onCancel: later });
    await vi.waitFor(() => expect(later).toHaveBeenCalled());
  });

  it('lets the hub feel its pulse', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { url, heartbeats, hellos } = await hub();
      link(url);
      await vi.waitFor(() => expect(hellos()).toBe(1), { interval: 20 });
      for (const beats of [1, 2, 3]) {
        vi.advanceTimersByTime(5_000);
        await vi.waitFor(() => expect(heartbeats()).toBe(beats), { interval: 20 });
      }
    } finally {
      vi.useRealTimers();
    }
  });
});
