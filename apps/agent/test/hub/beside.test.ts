import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeside, troubleOf } from '../../src/hub/beside.ts';
import { temporaryFolder } from '../support.ts';

const beside = fileURLToPath(new URL('../../src/beside.ts', import.meta.url));
const line = z.object({ step: z.number() });

/** A program that works beside a hub: `work` is its body, with `hub` at hand. */
function program(work: string): string {
  const file = join(temporaryFolder(), 'program.ts');
  writeFileSync(
    file,
    `import { besideHub } from ${JSON.stringify(beside)};\nlet mayStop = true;\nconst hub = besideHub(() => mayStop);\n${work}\n`,
  );
  return file;
}

async function run(work: string, meanwhile: (stop: () => void, heard: number[]) => void = () => {}) {
  const heard: number[] = [];
  const started = startBeside(program(work), { some: 'request' }, line, ({ step }) => {
    heard.push(step);
    meanwhile(started.stop, heard);
  });
  return { end: await started.ended, heard };
}

describe('a program beside the hub', () => {
  it('gets its request, and is heard: each step at once, the last word of each in any case', async () => {
    const { end, heard } = await run(
      `if (JSON.parse(process.argv[2]).some !== 'request') process.exit(9);
       for (let k = 1; k <= 100; k++) hub.tell({ step: k }, 'one');
       setTimeout(() => { hub.tell({ step: 1000 }, 'two'); hub.done(); }, 600);`,
    );
    expect(heard).toEqual([1, 100, 1000]);
    expect(end).toMatchObject({ code: 0, stopped: false });
    expect(troubleOf(end, () => 'never')).toBeUndefined();
  });

  it('ends when it is asked to, which is no trouble; and goes on where it is near its end', async () => {
    const asked = await run(`hub.tell({ step: 1 }, 'a'); setInterval(() => {}, 1000);`, (stop) => stop());
    expect(asked.end.stopped).toBe(true);
    expect(troubleOf(asked.end, () => 'never')).toBeUndefined();
    const near = await run(
      `mayStop = false; hub.tell({ step: 1 }, 'a'); setTimeout(() => { hub.tell({ step: 2 }, 'b'); hub.done(); }, 300);`,
      (stop, heard) => heard.length === 1 && stop(),
    );
    expect([near.heard, near.end.code, near.end.stopped]).toEqual([[1, 2], 0, false]);
  });

  it('that fails is told by its own sentence, and by what was thrown where it has none', async () => {
    const broken = (why: string) => `It broke off${why}.`;
    const own = await run(`process.stderr.write('A sentence.\\n'); process.exit(2);`);
    expect(troubleOf(own.end, broken)).toBe('A sentence.');
    const thrown = await run(`throw new TypeError('odd');`);
    expect(troubleOf(thrown.end, broken)).toBe('It broke off: TypeError: odd.');
    const killed = await run(`process.kill(process.pid, 'SIGKILL');`);
    expect(troubleOf(killed.end, broken)).toBe('It broke off, its program having been ended.');
    const garbled = await run(`process.stdout.write('{"step":\\n{"step":"x"}\\n'); hub.done();`);
    expect(garbled.heard).toEqual([]);
  });
});
