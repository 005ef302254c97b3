import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readColumns, writeColumns } from '../../src/node/columnFile.ts';
import { temporaryFolder } from './temporary.ts';

const folder = temporaryFolder();
const path = join(folder, 'deep', 'columns.set');

const columns = fc.record({
  bytes: fc.uint8Array({ maxLength: 20 }),
  shorts: fc.uint16Array({ maxLength: 20 }),
  words: fc.uint32Array({ maxLength: 20 }),
  floats: fc.float32Array({ maxLength: 20 }),
});

describe('a column file', () => {
  it('gives back what was written, of every type and length', async () => {
    await fc.assert(
      fc.asyncProperty(columns, fc.jsonValue(), async (arrays, meta) => {
        await writeColumns(path, meta, arrays);
        const back = await readColumns(path);
        expect(back?.columns).toEqual(arrays);
        expect(JSON.stringify(back?.meta)).toBe(JSON.stringify(meta));
      }),
      { numRuns: 40 },
    );
  });

  it('is one buffer with views: nothing is copied apart', async () => {
    await writeColumns(path, null, { a: Uint8Array.of(1, 2, 3), b: Float32Array.of(4.5) });
    const back = await readColumns(path);
    expect(back?.columns.a.buffer).toBe(back?.columns.b.buffer);
  });

  it('reads as nothing once a single byte of it is changed, dropped or added', async () => {
    await writeColumns(path, { stamp: 'x' }, { a: Uint32Array.from({ length: 40 }, (_, i) => i) });
    const whole = readFileSync(path);
    const broken = join(folder, 'broken.set');
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0x10;
      writeFileSync(broken, changed);
      expect(await readColumns(broken)).toBeNull();
    }
    for (const part of [
      whole.subarray(0, -1),
      whole.subarray(0, 24),
      whole.subarray(0, 10),
      whole.subarray(0, 0),
    ]) {
      writeFileSync(broken, part);
      expect(await readColumns(broken)).toBeNull();
    }
    writeFileSync(broken, Buffer.concat([whole, Buffer.of(0)]));
    expect(await readColumns(broken)).toBeNull();
    expect(await readColumns(join(folder, 'missing'))).toBeNull();
    expect(await readColumns(folder)).toBeNull();
  });

  it('is whole at every moment while many write it, and leaves no temporary files', async () => {
    const target = join(folder, 'many', 'shared.set');
    const write = (value: number) => writeColumns(target, value, { a: new Uint32Array(50_000).fill(value) });
    await write(0);
    let writing = true;
    const writers = Promise.all(Array.from({ length: 8 }, (_, k) => write(k + 1))).then(() => {
      writing = false;
    });
    let reads = 0;
    while (writing || reads === 0) {
      const back = await readColumns(target);
      expect(back).not.toBeNull();
      expect(new Set(back?.columns.a)).toEqual(new Set([back?.meta]));
      reads++;
    }
    await writers;
    expect(readdirSync(join(folder, 'many'))).toEqual(['shared.set']);
  });

  it('that cannot be written leaves nothing behind and says why', async () => {
    const blocked = join(folder, 'file');
    writeFileSync(blocked, '');
    await expect(writeColumns(join(blocked, 'x.set'), null, {})).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});
