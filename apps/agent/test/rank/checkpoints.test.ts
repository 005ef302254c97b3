import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Checkpoints } from '../../src/rank/checkpoints.ts';
import { temporaryFolder } from '../support.ts';

const by = { run: 'x.0', attempt: 1 };
const bytesOf = (epoch: number, length = 64) => new Uint8Array(length).fill(epoch);

function written(epochs: number, keep = 3): Checkpoints {
  const store = new Checkpoints(join(temporaryFolder(), 'checkpoints'), keep);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    store.write(epoch, { weights: bytesOf(epoch, 8), state: bytesOf(epoch) }, by);
  }
  return store;
}

function lastOf(store: Checkpoints) {
  const broken: string[] = [];
  return { found: store.last((sentence) => broken.push(sentence)), broken };
}

describe('checkpoints', () => {
  it('come back as they were written, and the last so many are kept', () => {
    const store = written(5);
    expect(store.epochs()).toEqual([5, 4, 3]);
    expect(lastOf(store)).toEqual({ found: { epoch: 5, state: Buffer.from(bytesOf(5)) }, broken: [] });
    expect(readdirSync(store.folder)).toHaveLength(9);
    expect(JSON.parse(readFileSync(join(store.folder, 'epoch-5.json'), 'utf8'))).toMatchObject({
      ...by,
      epoch: 5,
      files: {
        state: { bytes: 64, sha256: createHash('sha256').update(bytesOf(5)).digest('hex') },
        weights: { bytes: 8 },
      },
    });
  });

  it('are none in a folder that is not there, and none after they are cleared', () => {
    expect(lastOf(new Checkpoints(join(temporaryFolder(), 'none'), 3)).found).toBeUndefined();
    const store = written(2);
    writeFileSync(join(store.folder, 'notes.txt'), "somebody's own");
    store.clear();
    expect(readdirSync(store.folder)).toEqual(['notes.txt']);
    expect(lastOf(store)).toEqual({ found: undefined, broken: [] });
  });

  it.each([
    ['state', 'cut short', (path: string) => truncateSync(path, 63), /epoch-4\.state has 63 of 64 bytes/],
    ['safetensors', 'gone', (path: string) => rmSync(path), /ENOENT/],
    ['json', 'empty', (path: string) => truncateSync(path, 0), /JSON/],
    ['json', 'another file', (path: string) => writeFileSync(path, '{}'), /epoch-4\.json: format/],
  ] as const)('whose .%s is %s fall to the one before, and it is said', (ending, _, damage, sentence) => {
    const store = written(4);
    damage(join(store.folder, `epoch-4.${ending}`));
    const { found, broken } = lastOf(store);
    expect(found).toMatchObject({ epoch: 3, state: Buffer.from(bytesOf(3)) });
    expect(broken).toEqual([expect.stringMatching(/^The checkpoint after epoch 4 is broken: /)]);
    expect(broken[0]).toMatch(sentence);
    // What is written next is not taken away for the sake of the broken one.
    store.write(4, { weights: bytesOf(4, 8), state: bytesOf(4) }, by);
    expect(lastOf(store)).toMatchObject({ found: { epoch: 4 }, broken: [] });
  });

  it('with any bit of any file flipped are never taken for good', () => {
    const store = written(2);
    const names = readdirSync(store.folder).filter((name) => name.startsWith('epoch-2.'));
    const whole = new Map(names.map((name) => [name, readFileSync(join(store.folder, name))]));
    const said = JSON.parse(`${whole.get('epoch-2.json')}`) as object;
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(7), (name, place, bit) => {
        const bytes = Buffer.from(whole.get(name)!);
        bytes[place % bytes.length]! ^= 1 << bit;
        writeFileSync(join(store.folder, name), bytes);
        const { found } = lastOf(store);
        for (const [other, good] of whole) writeFileSync(join(store.folder, other), good);
        // A flipped bit may leave a manifest that says the same of the files: a date, a run's name.
        if (found!.epoch === 2) {
          expect(name).toBe('epoch-2.json');
          const files = (text: string) => (JSON.parse(text) as { files: object }).files;
          expect(files(bytes.toString())).toEqual((said as { files: object }).files);
        }
        expect(found!.state).toEqual(Buffer.from(bytesOf(found!.epoch)));
      }),
    );
  });

  it('outlive a writer that is killed at any moment: the last whole one is found, and nothing half', async () => {
    const folder = join(temporaryFolder(), 'checkpoints');
    const writer = `
      import { Checkpoints } from ${JSON.stringify(new URL('../../src/rank/checkpoints.ts', import.meta.url).href)};
      const store = new Checkpoints(${JSON.stringify(folder)}, 2);
      const found = store.last(() => {});
      for (let epoch = (found?.epoch ?? 0) + 1; ; epoch++) {
        const state = new Uint8Array(300_000).fill(epoch % 251);
        store.write(epoch, { weights: state.subarray(0, 100_000), state }, { run: 'x.0', attempt: 1 });
        console.log(epoch);
      }`;
    const store = new Checkpoints(folder, 2);
    let least = 0;
    for (let life = 0; life < 6; life++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', writer], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'close');
      const said = await new Promise<number>((resolve) => {
        let [lines, epoch] = ['', 0];
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          lines += text;
          epoch = Number(lines.trimEnd().split('\n').at(-1));
          // At another place of its work each time.
          if (epoch >= least + 2) setTimeout(() => child.kill('SIGKILL'), life * 3.7);
        });
        void ended.then(() => resolve(Number(lines.trimEnd().split('\n').at(-1)) || epoch));
      });
      const { found, broken } = lastOf(store);
      expect(broken).toEqual([]);
      expect(found!.epoch).toBeGreaterThanOrEqual(said);
      expect(found!.state).toEqual(Buffer.alloc(300_000, found!.epoch % 251));
      least = found!.epoch;
    }
    expect(store.epochs().length).toBeLessThanOrEqual(3);
  });

  it('are refused with an error where the folder cannot be made', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'checkpoints'), 'a file');
    const store = new Checkpoints(join(folder, 'checkpoints'), 3);
    expect(() => store.write(1, { weights: bytesOf(1), state: bytesOf(1) }, by)).toThrow(/EEXIST|ENOTDIR/);
  });
});
