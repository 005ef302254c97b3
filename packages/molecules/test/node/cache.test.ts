import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildGraphs, bundled, type DatasetDefinition, defineDataset, moleculeSet } from '../../src/index.ts';
import { loadCached } from '../../src/node/index.ts';
import { temporaryFolder } from './temporary.ts';

/** A data set that counts how often it is loaded. */
function counted(fingerprint: string | null) {
  let loads = 0;
  const definition: DatasetDefinition = defineDataset({
    name: 'counted',
    title: 'Counted',
    description: 'Chains of carbon.',
    licence: 'CC0-1.0',
    source: 'this test',
    options: z.strictObject({ spacing: z.number().default(1.5) }),
    targets: [{ name: 'size', title: 'Size', unit: 'atoms', description: 'Number of atoms.' }],
    defaultTarget: 'size',
    status: async () => ({ available: true, molecules: 2, bytes: null, mend: null, fingerprint }),
    async load(_context, { spacing }) {
      loads++;
      const chain = (length: number) => ({
        id: `C${length}`,
        atomicNumbers: Array<number>(length).fill(6),
        positions: Array.from({ length }, (_, i) => [i * spacing, 0, 0]),
        bonds: Array.from({ length: length - 1 }, (_, i) => [i, i + 1, 1]),
        targets: { size: length },
      });
      const set = moleculeSet([chain(3), chain(5)], { size: 'atoms' });
      return { ...set, atomColumns: { charge: new Float32Array(8).fill(0.25) } };
    },
  });
  return { definition, loads: () => loads };
}

const radius = { kind: 'radius', cutoff: 2 } as const;

describe('the disk cache', () => {
  it('loads a data set once and then gives back the same set and graphs', async () => {
    const folder = temporaryFolder();
    const { definition, loads } = counted('v1');
    const first = await loadCached(definition, folder, {}, radius);
    const again = await loadCached(definition, folder, {}, radius);
    expect(loads()).toBe(1);
    expect(again).toEqual(first);
    expect(again.graphs).toEqual(buildGraphs(again.set, radius));
  });

  it('keeps one set for all graphs, and a file for each graph', async () => {
    const folder = temporaryFolder();
    const { definition, loads } = counted('v1');
    for (const graph of [
      radius,
      { ...radius, cutoff: 4 },
      { kind: 'complete' },
      { kind: 'bonds' },
    ] as const) {
      const { set, graphs } = await loadCached(definition, folder, {}, graph);
      expect(graphs).toEqual(buildGraphs(set, graph));
    }
    expect(loads()).toBe(1);
    expect(readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.graphs'))).toHaveLength(4);
  });

  it('is made again when the data change, and other options have a cache of their own', async () => {
    const folder = temporaryFolder();
    const old = counted('v1');
    await loadCached(old.definition, folder, {}, radius);
    const files = readdirSync(join(folder, 'cache'));
    const changed = counted('v2');
    await loadCached(changed.definition, folder, {}, radius);
    await loadCached(changed.definition, folder, {}, radius);
    expect(changed.loads()).toBe(1);
    expect(readdirSync(join(folder, 'cache'))).toEqual(files);
    const wide = await loadCached(changed.definition, folder, { spacing: 3 }, radius);
    expect(changed.loads()).toBe(2);
    expect(wide.graphs.neighbours).toHaveLength(0);
    expect((await loadCached(changed.definition, folder, {}, radius)).graphs.neighbours).toHaveLength(12);
  });

  it('is made again, silently, wherever a file of it is broken', async () => {
    const folder = temporaryFolder();
    const { definition, loads } = counted('v1');
    const first = await loadCached(definition, folder, {}, radius);
    const files = readdirSync(join(folder, 'cache')).map((name) => join(folder, 'cache', name));
    expect(files).toHaveLength(2);
    for (const file of files) {
      const whole = readFileSync(file);
      const flipped = Buffer.from(whole);
      flipped[Math.floor(whole.length / 2)] ^= 1;
      for (const broken of [
        flipped,
        whole.subarray(0, whole.length - 3),
        Buffer.from('junk'),
        Buffer.alloc(0),
      ]) {
        writeFileSync(file, broken);
        expect(await loadCached(definition, folder, {}, radius)).toEqual(first);
        expect(readFileSync(file)).toEqual(whole);
      }
    }
    expect(loads()).toBe(1 + 4);
  });

  it('takes no graphs that belong to another set', async () => {
    const folder = temporaryFolder();
    const { definition } = counted('v1');
    const first = await loadCached(definition, folder, {}, radius);
    const cache = join(folder, 'cache');
    const [set, graphs] = ['.set', '.graphs'].map(
      (end) => readdirSync(cache).find((name) => name.endsWith(end)) ?? '',
    );
    writeFileSync(join(cache, graphs), readFileSync(join(cache, set)));
    expect(await loadCached(definition, folder, {}, radius)).toEqual(first);
  });

  it('does not come into it where a data set cannot say whether it changed', async () => {
    const folder = temporaryFolder();
    const { definition, loads } = counted(null);
    await loadCached(definition, folder, {}, radius);
    await loadCached(definition, folder, {}, radius);
    expect(loads()).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that cannot be written costs nothing but time', async () => {
    const blocked = join(temporaryFolder(), 'file');
    writeFileSync(blocked, '');
    const { definition } = counted('v1');
    expect((await loadCached(definition, blocked, {}, radius)).set.size).toBe(2);
  });

  it('serves many at once', async () => {
    const folder = temporaryFolder();
    const { definition } = counted('v1');
    const all = await Promise.all(
      Array.from({ length: 12 }, () => loadCached(definition, folder, {}, radius)),
    );
    for (const one of all) expect(one).toEqual(all[0]);
    expect(readdirSync(join(folder, 'cache')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('serves many processes at once', async () => {
    const folder = temporaryFolder();
    const source = (file: string) => JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);
    const program = `
      import { bundled } from ${source('index.ts')};
      import { loadCached } from ${source('node/index.ts')};
      const { set, graphs } = await loadCached(bundled, process.argv[1], {}, { kind: 'complete' });
      console.log(set.size, graphs.neighbours.length);
    `;
    const run = promisify(execFile);
    const all = await Promise.all(
      Array.from({ length: 4 }, () => run(process.execPath, ['--input-type=module', '-e', program, folder])),
    );
    expect(new Set(all.map(({ stdout }) => stdout)).size).toBe(1);
    const files = readdirSync(join(folder, 'cache'));
    expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { set, graphs } = await loadCached(bundled, folder, {}, { kind: 'complete' });
    expect(all[0].stdout.trim()).toBe(`${set.size} ${graphs.neighbours.length}`);
  });

  it('holds the bundled set, charges and units and all', async () => {
    const folder = temporaryFolder();
    const first = await loadCached(bundled, folder, {}, { kind: 'bonds' });
    const again = await loadCached(bundled, folder, {}, { kind: 'bonds' });
    expect(again.set).toEqual(first.set);
    expect(again.set.targets.dipole.unit).toBe('D');
    expect(again.set.atomColumns.charge).toHaveLength(again.set.atomicNumbers.length);
    expect(again.set.atomicNumbers.buffer).toBe(again.set.positions?.buffer);
  });
});
