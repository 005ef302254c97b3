import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWeights, resolveModel, weightsFrom } from '@litmatter/models';
import { readManifest } from '@litmatter/models/webgpu';
import { backendCard, runEvent } from '@litmatter/protocol';
import { beforeAll, describe, expect, onTestFinished, test as plain } from 'vitest';
import { z } from 'zod';
import { installWebgpu } from '../../src/webgpu/install.ts';
import { cacheFolder, installForTests, type Outcome } from './installed.ts';

/** WebGPU in Node, really installed and really computing; without a GPU on a software adapter, which compiles slowly. */

const command = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));

let outcome: Outcome;
beforeAll(async () => {
  outcome = await installForTests();
}, 300_000);

/** A test that needs the installation and an adapter; skipped, with the reason, where there is none. */
const test = plain.extend<{ here: Extract<Outcome, { installed: unknown }> }>({
  here: async ({ skip }, use) => {
    if ('lacking' in outcome) skip(outcome.lacking);
    else await use(outcome);
  },
});

interface Ended {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function node(args: readonly string[], env: NodeJS.ProcessEnv, cwd = tmpdir()): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env, cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? -1) : 0;
      resolve({ code, signal: error?.signal ?? null, stdout, stderr });
    });
  });
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

function folderOfOwn(): string {
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-webgpu-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('WebGPU for Node, installed for real', () => {
  test("is one whole folder that says what it is, and holds no other platform's binary", ({ here }) => {
    expect(readManifest(cacheFolder)).toEqual(here.installed.manifest);
    expect(here.installed.manifest).toMatchObject({ package: 'webgpu', packageVersion: '0.6.2' });
    expect(readdirSync(join(cacheFolder, 'node_modules', 'webgpu', 'dist'))).toHaveLength(1);
    expect(readdirSync(dirname(cacheFolder)).filter((name) => name.includes('building'))).toEqual([]);
  });

  test('is not installed again where it is there', async ({ here }) => {
    const again = await installWebgpu({ folder: cacheFolder, env: here.env });
    expect(again.fresh).toBe(false);
    expect(again.probed.chosen?.name).toBe(here.adapter);
  });

  test('is listed with the adapter that truly computes, or with what mends that none does', async ({
    here,
  }) => {
    const list = async (env: NodeJS.ProcessEnv) => {
      const { stdout, code } = await node([command, 'backend', 'list', '--json'], env);
      expect(code).toBe(0);
      return lines(stdout)
        .map((line) => backendCard.parse(line))
        .find(({ name }) => name === 'webgpu')!;
    };
    const [card, bare] = await Promise.all([
      list(here.env),
      list({ ...here.env, VK_DRIVER_FILES: '/none.json' }),
    ]);
    expect(card).toMatchObject({ available: true, mend: null });
    expect(card.detail).toContain(`computes on: ${here.adapter}`);
    expect(bare.available).toBe(false);
    expect(bare.mend).toMatch(/apt-get install .*vulkan/);
  });

  test('gives what PyTorch Geometric gives for all four models; auto takes it on a real adapter alone', async ({
    here,
  }) => {
    const { code, stdout, stderr } = await node([fixture('golden')], {
      ...here.env,
      LITMATTER_TENSORFLOW: '',
    });
    expect(code, stderr).toBe(0);
    const parity = z.object({ outputs: z.number(), gradients: z.number() });
    const answer = z.object({ auto: z.string(), real: z.boolean(), models: z.record(z.string(), parity) });
    const { auto, real, models } = answer.parse(lines(stdout).at(-1));
    expect(auto).toBe(real ? 'webgpu' : 'wasm');
    expect(Object.keys(models)).toEqual(['schnet', 'nnconv', 'dimenet', 'pna']);
    for (const { outputs, gradients } of Object.values(models)) {
      expect(outputs).toBeLessThan(2e-5);
      expect(gradients).toBeLessThan(1e-4);
    }
  });

  test('can be ended in the midst of computing, in a thread and as a process, without a crash', async ({
    here,
  }) => {
    const { code, signal, stdout, stderr } = await node([fixture('ended')], here.env);
    expect([code, signal], stderr).toEqual([0, null]);
    expect(stdout).toBe('ended\n');
  });
});

describe('litmatter run --backend webgpu', () => {
  const spec = (devices: number, batch: number) => `
name: on WebGPU
models:
  - { name: schnet, preset: small, options: { hiddenChannels: 16, numFilters: 16, numInteractions: 1 } }
dataset: { name: bundled, target: dipole, limit: 10, split: { train: 0.8, validation: 0.1, test: 0.1, seed: 1 } }
training: { epochs: 1, batchPerDevice: ${batch}, learningRate: 0.001, loss: mse, seed: 1 }
devices: [${devices}]
launcher: { name: local }
`;

  async function train(env: NodeJS.ProcessEnv, devices: number, batch: number) {
    const cwd = folderOfOwn();
    writeFileSync(join(cwd, 'spec.yaml'), spec(devices, batch));
    const words = ['run', 'spec.yaml', '--backend', 'webgpu', '--out', 'out', '--json'];
    const { code, stdout, stderr } = await node([command, ...words], env, cwd);
    expect(code, stderr).toBe(0);
    const events = lines(stdout)
      .slice(0, -1)
      .map((line) => runEvent.parse(line));
    const path = readdirSync(join(cwd, 'out'), { recursive: true, encoding: 'utf8' }).find((file) =>
      file.endsWith('last.safetensors'),
    )!;
    const read = readWeights(readFileSync(join(cwd, 'out', path)), path);
    const { model } = resolveModel(read.card!.model);
    return {
      started: events.find(({ type }) => type === 'started')!,
      flat: weightsFrom(read, model).parameters,
    };
  }

  test('trains, and two ranks end with the parameters of one with twice the batch', async ({ here }) => {
    const [one, two] = await Promise.all([train(here.env, 1, 4), train(here.env, 2, 2)]);
    expect(one.started).toMatchObject({
      ranks: [{ backend: 'webgpu', device: expect.stringContaining(here.adapter) }],
    });
    // Both on the one adapter.
    expect(two.started).toMatchObject({ devices: 2, oversubscribed: true });
    const apart = Math.max(...one.flat.map((value, k) => Math.abs(value - two.flat[k]!)));
    expect(apart).toBeLessThan(1e-5);
  });
});
