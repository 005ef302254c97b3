import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { describe, expect, test } from 'vitest';
import { toolEnvironment } from '../../src/backends/npm.ts';
import { installTensorflow, sourcesToTry } from '../../src/tensorflow/install.ts';
import { able, machineWith, temporaryFolder } from '../backends/machine.ts';

const gpu = "echo '0, GPU-5e0c2a11, Tesla V100-SXM2-32GB, 550.54.15'";

describe('the sources of TensorFlow', () => {
  test("are the wheel and then the package's own download, where both can be had", async () => {
    const env = machineWith(able);
    expect(await sourcesToTry(undefined, env, 'linux', 'x64')).toEqual(['wheel', 'package']);
    expect(await sourcesToTry('package', env, 'linux', 'x64')).toEqual(['package']);
    expect(await sourcesToTry(undefined, env, 'linux', 'arm64')).toEqual(['wheel']);
    expect(await sourcesToTry(undefined, env, 'win32', 'x64')).toEqual(['package']);
  });

  test('leave out the wheel where nothing can be built against it, or say what is missing', async () => {
    const env = machineWith({ npm: 'exit 0', 'apt-get': 'exit 0' });
    expect(await sourcesToTry(undefined, env, 'linux', 'x64')).toEqual(['package']);
    await expect(sourcesToTry('wheel', env, 'linux', 'x64')).rejects.toThrow(/python3 is missing.*g\+\+/);
    await expect(sourcesToTry('wheel', env, 'win32', 'x64')).rejects.toThrow(LackingError);
  });
});

describe('an installation', () => {
  test('without CUDA is refused on a machine with a GPU, unless the CPU was asked for', async () => {
    const env = machineWith({ 'nvidia-smi': gpu });
    const folder = join(temporaryFolder(), 'tensorflow');
    await expect(installTensorflow({ folder, env })).rejects.toThrow(/Tesla V100.*Add --cuda/);
    const asked = { ...env, LITMATTER_TENSORFLOW_DEVICE: 'cpu' };
    await expect(installTensorflow({ folder, env: asked })).rejects.toThrow(/npm is missing/);
    expect(existsSync(folder)).toBe(false);
  });

  test('that fails tells why of each source, and leaves nothing behind', async () => {
    const parent = temporaryFolder();
    const env = machineWith({
      ...able,
      npm: '[ "$1" = --version ] && exit 0; echo no such registry; exit 1',
    });
    const installing = installTensorflow({ folder: join(parent, 'tensorflow'), env });
    await expect(installing).rejects.toThrow(LackingError);
    await expect(installing).rejects.toThrow(
      /could not be installed.*npm could not install.*no such registry/,
    );
    expect(readdirSync(parent)).toEqual([]);
  });

  test('that is interrupted leaves nothing behind, and what was there as it was', async () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'tensorflow');
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const stop = new AbortController();
    const installing = installTensorflow({
      folder,
      env: machineWith({ ...able, npm: '[ "$1" = --version ] && exit 0; sleep 60' }),
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === 'package') setTimeout(() => stop.abort(), 200);
      },
    });
    await expect(installing).rejects.toThrow(/abort/i);
    expect(readdirSync(parent)).toEqual(['tensorflow']);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  test('removes what a killed one of this machine left, and nothing else', async () => {
    const parent = temporaryFolder();
    const left = `tensorflow.building-${hostname()}-4194304999-abcdef`;
    const others = `tensorflow.building-another-host-12-abcdef`;
    for (const name of [left, others, 'tensorflow-of-mine']) mkdirSync(join(parent, name));
    const env = machineWith({ ...able, npm: '[ "$1" = --version ] && exit 0; exit 1' });
    await expect(installTensorflow({ folder: join(parent, 'tensorflow'), env })).rejects.toThrow(
      LackingError,
    );
    expect(readdirSync(parent).toSorted()).toEqual(['tensorflow-of-mine', others].toSorted());
  });

  test("is not steered by an outer npm's variables", () => {
    const env = toolEnvironment('/there', {
      npm_config_prefix: '/x',
      npm_lifecycle_event: 'test',
      KEEP: '1',
      PATH: '/bin',
    });
    expect(env.KEEP).toBe('1');
    expect(Object.keys(env).filter((name) => name.startsWith('npm_'))).toEqual([]);
    expect(env.PATH).toMatch(/^\/there\/node_modules\/\.bin:.*:\/bin$/);
  });
});
