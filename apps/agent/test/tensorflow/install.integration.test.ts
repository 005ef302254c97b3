import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestFile, readManifest } from '@litmatter/models/tensorflow';
import { backendCard } from '@litmatter/protocol';
import { beforeAll, describe, expect, onTestFinished, test as plain } from 'vitest';
import { z } from 'zod';
import { installTensorflow } from '../../src/tensorflow/install.ts';
import { machineWith } from '../backends/machine.ts';
import { cacheFolder, installForTests, type Outcome } from './installed.ts';

const command = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const several = fileURLToPath(new URL('fixtures/several.ts', import.meta.url));
const nvidia = { 'nvidia-smi': "echo '0, GPU-5e0c2a11, Tesla V100-SXM2-32GB, 550.54.15'" };

let outcome: Outcome;
beforeAll(async () => {
  outcome = await installForTests();
}, 900_000);

/** A test that needs the installation; skipped, with the reason, on a machine that cannot have it. */
const test = plain.extend<{ folder: string }>({
  folder: async ({ skip }, use) => {
    if ('lacking' in outcome) skip(outcome.lacking);
    await use(cacheFolder);
  },
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, LITMATTER_TENSORFLOW: cacheFolder, ...env } };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
    });
  });
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

const severalAnswer = z.object({
  rounds: z.array(
    z.array(
      z.object({
        device: z.string().optional(),
        differences: z.array(z.number()).default([]),
        error: z.string().optional(),
      }),
    ),
  ),
  tasks: z.number().nullable(),
});

async function loadInSeveral(folder: string, ranks: number, threads: number, main = '') {
  const { stdout, stderr, code } = await node([several, folder, String(ranks), String(threads), main]);
  expect(code, stderr).toBe(0);
  return { ...severalAnswer.parse(lines(stdout)[0]), stderr };
}

describe('TensorFlow, installed for real', () => {
  test('is one whole folder that says what it is', ({ folder }) => {
    const manifest = readManifest(folder)!;
    expect(manifest).toMatchObject({
      package: '@tensorflow/tfjs-node',
      packageVersion: '4.22.0',
      cuda: false,
    });
    expect(manifest.library).toMatch(/^2\.\d+\.\d+/);
    expect(manifest.verified.device).toMatch(/^CPU, \d+ threads?/);
    expect(readdirSync(dirname(folder)).filter((name) => name.includes('building'))).toEqual([]);
  });

  test('is not installed again where it is there and works', async ({ folder }) => {
    const again = await installTensorflow({ folder });
    expect(again.fresh).toBe(false);
    expect(again.manifest).toEqual(readManifest(folder));
  });

  test('uses this TensorFlow.js and no second one: not a kernel is registered twice', async ({ folder }) => {
    const { stderr } = await loadInSeveral(folder, 1, 1, 'main');
    expect(stderr).not.toContain('already registered');
    expect(stderr).not.toContain('Deprecat');
  });

  test('computes the same in several threads at once, and again when these have ended', async ({
    folder,
  }) => {
    const { rounds } = await loadInSeveral(folder, 3, 1, 'main');
    const answers = rounds.flat();
    expect(answers).toHaveLength(6);
    for (const { error, device, differences } of answers) {
      expect(error).toBeUndefined();
      expect(device).toMatch(/^CPU, 1 thread\b/);
      expect(differences).toHaveLength(50);
    }
    expect(new Set(answers.flatMap(({ differences }) => differences)).size).toBe(1);
  });

  test.skipIf(process.platform !== 'linux')(
    'has as many threads as its ranks were given',
    async ({ folder }) => {
      const tasks = async (threads: number) => (await loadInSeveral(folder, 1, threads, 'main')).tasks!;
      expect((await tasks(6)) - (await tasks(1))).toBe(5);
    },
  );

  test.skipIf(process.platform !== 'linux')(
    "loads in one thread of a process where the binding is the package's own",
    async ({ folder }) => {
      const linked = mkdtempSync(join(tmpdir(), 'litmatter-linked-'));
      onTestFinished(() => rmSync(linked, { recursive: true }));
      symlinkSync(join(folder, 'node_modules'), join(linked, 'node_modules'));
      const manifest = { ...readManifest(folder)!, source: 'package', severalThreads: false };
      writeFileSync(join(linked, manifestFile), JSON.stringify(manifest));
      const inMain = await loadInSeveral(linked, 1, 1, 'main');
      expect(inMain.rounds.flat()[0]!.error).toMatch(/one thread of a process only.*mpirun.*--from wheel/);
      const inWorker = await loadInSeveral(linked, 1, 1);
      expect(inWorker.rounds[0]![0]!.error).toBeUndefined();
    },
  );
});

describe('litmatter backend', () => {
  const list = async (env: NodeJS.ProcessEnv) => {
    const { stdout, stderr, code } = await node([command, 'backend', 'list', '--json'], env);
    expect(code, stderr).toBe(0);
    return lines(stdout)
      .map((line) => backendCard.parse(line))
      .find(({ name }) => name === 'tensorflow')!;
  };

  test('list says the device that truly computes', async ({ folder }) => {
    const card = await list({ LITMATTER_TENSORFLOW: folder });
    expect(card).toMatchObject({ available: true, mend: null });
    expect(card.detail).toMatch(/^TensorFlow 2\.\d+\.\d+ computes on: CPU, \d+ threads?/);
  });

  test('list says what installs it where it is not there', async () => {
    expect(await list({ LITMATTER_TENSORFLOW: join(tmpdir(), 'not-there') })).toMatchObject({
      available: false,
      mend: 'litmatter backend install tensorflow',
    });
  });

  test('list does not take the CPU of a machine with a GPU, unless it was asked for', async ({ folder }) => {
    const { PATH: fake } = machineWith(nvidia);
    const env = { LITMATTER_TENSORFLOW: folder, PATH: `${fake}:${process.env.PATH}` };
    const card = await list(env);
    expect(card).toMatchObject({ available: false, mend: 'litmatter backend install tensorflow --cuda' });
    expect(card.detail).toMatch(/has a GPU \(Tesla V100-SXM2-32GB\), but TensorFlow computes on the CPU/);
    expect(await list({ ...env, LITMATTER_TENSORFLOW_DEVICE: 'cpu' })).toMatchObject({ available: true });
  });

  test('install says in JSON lines that it is there', async ({ folder }) => {
    const { stdout, code } = await node([command, 'backend', 'install', 'tensorflow', '--json']);
    expect(code).toBe(0);
    expect(lines(stdout).at(-1)).toMatchObject({ type: 'result', folder, fresh: false });
  });

  test('install ends with 3 where this machine lacks something, and with 2 for another backend', async () => {
    const env = { ...machineWith({}), LITMATTER_TENSORFLOW: join(tmpdir(), 'not-there') };
    const lacking = await node([command, 'backend', 'install', 'tensorflow'], env);
    expect(lacking.code).toBe(3);
    expect(lacking.stderr).toMatch(/npm is missing \(mend: install npm/);
    expect((await node([command, 'backend', 'install', 'wasm'])).code).toBe(2);
  });
});
