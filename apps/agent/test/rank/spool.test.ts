import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, type RunEventBody } from '@litmatter/protocol';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readSpool, Spool } from '../../src/rank/spool.ts';

const folder = mkdtempSync(join(tmpdir(), 'litmatter-spool-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${++files}.jsonl`);

const key = { run: 'a-run', attempt: 2 };
const log = (message: string): RunEventBody => ({ type: 'log', level: 'info', message });
const messages = (path: string) => readSpool(path).map((event) => event.type === 'log' && event.message);

describe('the spool', () => {
  it('numbers events from 0 and gives each its run, attempt and time', () => {
    const spool = new Spool(newPath(), key);
    const before = Date.now();
    const events = [spool.append(log('one')), spool.append(log('two'))];
    expect(events.map(({ run, attempt, seq }) => ({ run, attempt, seq }))).toEqual([
      { ...key, seq: 0 },
      { ...key, seq: 1 },
    ]);
    expect(events[0].at).toBeGreaterThanOrEqual(before);
    expect(spool.read(0, 10)).toEqual(events);
    expect(spool.read(1, 10)).toEqual([events[1]]);
    expect(spool.read(2, 10)).toEqual([]);
    spool.close();
  });

  it('goes on where it was, after any cut of the last line', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 5 }),
        fc.nat(),
        (texts, cut) => {
          const path = newPath();
          const spool = new Spool(path, key);
          for (const text of texts) spool.append(log(text));
          spool.close();
          const bytes = readFileSync(path);
          const lastLine = bytes.length - (bytes.lastIndexOf(10, bytes.length - 2) + 1);
          // Anything from the whole last line but its newline down to one byte short of nothing left of it.
          truncateSync(path, bytes.length - 1 - (cut % lastLine));
          expect(messages(path)).toEqual(texts.slice(0, -1));

          const again = new Spool(path, key);
          expect(again.length).toBe(texts.length - 1);
          again.append(log('after the crash'));
          again.close();
          expect(messages(path)).toEqual([...texts.slice(0, -1), 'after the crash']);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives no more events at once than asked, and no more than about half a megabyte', () => {
    const spool = new Spool(newPath(), key);
    const long = 'x'.repeat(10_000);
    for (let i = 0; i < 120; i++) spool.append(log(long));
    expect(spool.read(0, 7)).toHaveLength(7);
    const some = spool.read(20, 500);
    expect(some[0].seq).toBe(20);
    expect(JSON.stringify(some).length).toBeLessThan(530_000);
    expect(some.length).toBeGreaterThan(40);
    spool.close();
  });

  it('gives a single event however long it is', () => {
    const spool = new Spool(newPath(), key);
    const ranks = Array.from({ length: 4096 }, (_, rank) => ({
      rank,
      host: `node${rank}`.padEnd(200, 'x'),
      device: 'core 1',
      backend: 'wasm' as const,
    }));
    spool.append({
      type: 'started',
      devices: 4096,
      ranks,
      collective: 'mpi',
      parameters: 1,
      trainSamples: 1,
      validationSamples: 0,
      stepsPerEpoch: 1,
      oversubscribed: false,
    });
    expect(spool.read(0, 500)).toHaveLength(1);
    spool.close();
  });

  it('refuses what is not an event and stays as it was', () => {
    const path = newPath();
    const spool = new Spool(path, key);
    spool.append(log('fine'));
    expect(() => spool.append(log('x'.repeat(10_001)))).toThrow(InputError);
    spool.append(log('fine too'));
    spool.close();
    expect(messages(path)).toEqual(['fine', 'fine too']);
  });

  it('names file and line where the file is not its own', () => {
    const path = newPath();
    const spool = new Spool(path, key);
    spool.append(log('one'));
    spool.close();
    expect(() => new Spool(path, { run: 'another', attempt: 2 })).toThrow(
      /line 1: expected event 0 of another/,
    );
    appendFileSync(path, 'not json\n');
    expect(() => readSpool(path)).toThrow(/line 2: this is not JSON/);
    writeFileSync(path, '{"type":"log"}\n');
    expect(() => new Spool(path, key)).toThrow(/line 1: .*is missing/);
  });
});
