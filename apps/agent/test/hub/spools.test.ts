import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SpoolCollector } from '../../src/hub/spools.ts';
import { Store } from '../../src/hub/store.ts';
import { ended, epoch, someSpec, started, temporaryFolder } from '../support.ts';

function setUp() {
  const store = new Store(':memory:');
  onTestFinished(() => store.close());
  const run = `${store.createExperiment(someSpec()).id}.0`;
  store.beginAttempt(run);
  const folder = join(temporaryFolder(), 'attempt');
  const file = join(folder, 'spool.jsonl');
  return { store, run, folder, file, collector: new SpoolCollector(store, run, 1, folder) };
}

describe('a spool', () => {
  it('that is not there yet is none', () => {
    expect(setUp().collector.collect()).toBe(false);
  });

  it('is stored once each event, wherever its writing stood when it was looked at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 1_500 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        (cuts, ranks) => {
          const { store, run, folder, file, collector } = setUp();
          mkdirSync(folder, { recursive: true });
          const events = [
            started({ run, seq: 0 }, ranks),
            ...Array.from({ length: 6 }, (_, i) => epoch({ run, seq: i + 1 }, i + 1, ranks)),
            ended({ run, seq: 7 }, { reason: 'zwölf Ränge' }),
          ];
          const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
          let at = 0;
          for (const cut of [...cuts, bytes.length]) {
            appendFileSync(file, bytes.subarray(at, at + cut));
            at += cut;
            expect(collector.collect()).toBe(true);
            const { events: stored } = store.events(run);
            expect(stored).toEqual(events.slice(0, stored.length));
          }
          expect(store.events(run).events).toEqual(events);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('with lines longer than what is read at once is read whole', () => {
    const { store, run, folder, file, collector } = setUp();
    mkdirSync(folder, { recursive: true });
    const events = [
      started({ run, seq: 0 }),
      epoch({ run, seq: 1 }, 1, 4_096),
      epoch({ run, seq: 2 }, 2, 20_000),
      ended({ run, seq: 3 }),
    ];
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    collector.collect();
    expect(store.events(run).events).toEqual(events);
  });

  it('that holds something else is refused by its line, what came before it kept', () => {
    const { store, run, folder, file, collector } = setUp();
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(started({ run, seq: 0 }))}\n`);
    collector.collect();
    appendFileSync(file, 'rubbish\n');
    expect(() => collector.collect()).toThrow(/spool\.jsonl, line 2: this is not JSON/);
    expect(store.events(run).events).toHaveLength(1);
    const other = new SpoolCollector(store, run, 1, folder);
    writeFileSync(file, `${JSON.stringify(started({ run: 'other.0', seq: 1 }))}\n`);
    expect(() => other.collect()).toThrow(/line 1: this is an event of other\.0, attempt 1/);
  });
});
