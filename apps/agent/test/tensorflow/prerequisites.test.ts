import { describe, expect, test } from 'vitest';
import { missingNpm, missingWords } from '../../src/backends/missing.ts';
import {
  findCompiler,
  missingDisk,
  missingForWheel,
  neededBytes,
} from '../../src/tensorflow/prerequisites.ts';
import { able, machineWith } from '../backends/machine.ts';

describe('what an installation needs', () => {
  test('is not missing where all of it answers', async () => {
    const env = machineWith(able);
    expect(await missingNpm(env)).toEqual([]);
    expect(await missingForWheel(env)).toEqual([]);
  });

  test('is named with the command of this machine that mends it', async () => {
    const env = machineWith({ 'apt-get': 'exit 0' });
    expect(await missingNpm(env)).toMatchObject([{ what: 'npm is missing' }]);
    const words = missingWords(await missingForWheel(env));
    expect(words).toContain('python3 is missing (mend: apt-get install -y python3 python3-pip');
    expect(words).toContain('a C++ compiler (g++ or clang++) is missing (mend: apt-get install -y g++');
    const elsewhere = await missingForWheel(machineWith({ dnf: 'exit 0' }));
    expect(missingWords(elsewhere)).toContain('dnf install -y gcc-c++');
  });

  test('tells a python3 without pip from no python3', async () => {
    const env = machineWith({ ...able, python3: '[ "$1" = -m ] && exit 1; exit 0' });
    expect(await missingForWheel(env)).toMatchObject([{ what: 'pip for python3 is missing' }]);
  });

  test('takes the compiler a person names, or the first that answers', async () => {
    expect(await findCompiler(machineWith({ 'clang++': 'exit 0' }))).toBe('clang++');
    expect(await findCompiler({ ...machineWith(able), CXX: 'icpx' })).toBeUndefined();
    expect(await findCompiler(machineWith({}))).toBeUndefined();
  });

  test('counts room on the disk, more of it with CUDA', () => {
    expect(neededBytes(true)).toBeGreaterThan(neededBytes(false));
    expect(missingDisk('/dev/shm/not/there/yet', false).length).toBeLessThan(2);
    expect(missingDisk('/proc', false)).toMatchObject([{ what: expect.stringContaining('0.0 GiB free') }]);
  });
});
