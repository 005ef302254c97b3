import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { describe, expect, test } from 'vitest';
import { webgpuCard } from '../../src/webgpu/card.ts';
import { installWebgpu } from '../../src/webgpu/install.ts';
import { able, machineWith, temporaryFolder } from '../backends/machine.ts';

const versionOr = (body: string) => `[ "$1" = --version ] && exit 0; ${body}`;

describe('an installation of WebGPU', () => {
  test('wants npm, and says the command that brings it', async () => {
    const env = machineWith({ 'apt-get': 'exit 0' });
    const folder = join(temporaryFolder(), 'webgpu');
    await expect(installWebgpu({ folder, env })).rejects.toThrow(
      /npm is missing \(mend: apt-get install -y npm/,
    );
  });

  test('that npm does not bring is told in its words, and leaves nothing behind', async () => {
    const parent = temporaryFolder();
    const env = machineWith({ ...able, npm: versionOr('echo no such registry; exit 1') });
    const installing = installWebgpu({ folder: join(parent, 'webgpu'), env });
    await expect(installing).rejects.toThrow(LackingError);
    await expect(installing).rejects.toThrow(/npm could not install webgpu: no such registry\./);
    expect(readdirSync(parent)).toEqual([]);
  });

  test('that brings another package than the pinned one is refused, and leaves what was there', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'webgpu');
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    // The last word is the folder that npm packs into.
    const npm = versionOr('for into; do :; done; echo something else > "$into/webgpu-0.6.2.tgz"');
    const installing = installWebgpu({ folder, env: machineWith({ ...able, npm }) });
    await expect(installing).rejects.toThrow(/is not that package: its checksum is sha512-.*registry/);
    expect(readdirSync(parent)).toEqual(['webgpu']);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  test('that is interrupted leaves nothing behind', async () => {
    const parent = temporaryFolder();
    const stop = new AbortController();
    const installing = installWebgpu({
      folder: join(parent, 'webgpu'),
      env: machineWith({ ...able, npm: versionOr('sleep 60') }),
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === 'package') setTimeout(() => stop.abort(), 200);
      },
    });
    await expect(installing).rejects.toThrow(/abort/i);
    expect(readdirSync(parent)).toEqual([]);
  });
});

test('where it is not installed, the card says what installs it', async () => {
  const { card, real } = await webgpuCard(join(temporaryFolder(), 'none'));
  expect(card).toMatchObject({ available: false, mend: 'litmatter backend install webgpu' });
  expect(real).toBe(false);
});
