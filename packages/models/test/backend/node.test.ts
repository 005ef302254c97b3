import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LackingError } from '@litmatter/protocol';
import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Backend } from '../../src/backend/backend.ts';
import { backendCards, startBackend } from '../../src/backend/node.ts';
import type { Parity } from '../../src/parity.ts';
import { isAvailable } from '../support/backends.ts';
import { goldenInputs, goldenSchNet } from '../support/golden.ts';
import { pathWithNvidia, v100 } from './tensorflow/fake-nvidia.ts';
import { leaveWebgpu } from './webgpu/fake-dawn.ts';

describe('starting a backend in Node', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each(['wasm', 'cpu'] as const)('makes %s the current one and says what it computes on', async (name) => {
    const backend = await startBackend(name);
    expect(backend.name).toBe(name);
    expect(getBackend()).toBe(name);
    expect(backend.device).toMatch(name === 'wasm' ? /1 thread, .*SIMD/ : /JavaScript/);
  });

  it('takes the best there is for auto', async () => {
    vi.stubEnv('LITMATTER_WEBGPU', '');
    const [best] = backendCards().filter((card) => card.available);
    expect((await startBackend('auto')).name).toBe(best.name);
  });

  it('warns where auto leaves a GPU idle, and only auto', async () => {
    vi.stubEnv('LITMATTER_TENSORFLOW', '');
    vi.stubEnv('PATH', pathWithNvidia([v100]));
    const { name, warning } = await startBackend('auto');
    expect(name).toBe('wasm');
    expect(warning).toMatch(/Tesla V100.*stands idle/);
    expect((await startBackend('wasm')).warning).toBeUndefined();
    vi.stubEnv('LITMATTER_TENSORFLOW_DEVICE', 'cpu');
    expect((await startBackend('auto')).warning).toBeUndefined();
  });

  it('can be done again and again', async () => {
    for (const name of ['wasm', 'cpu', 'wasm'] as const) await startBackend(name);
    expect(getBackend()).toBe('wasm');
  });

  it('leaves the process its own way to end', async () => {
    const before = process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException');
    await startBackend('wasm');
    const after = process.listenerCount('unhandledRejection') + process.listenerCount('uncaughtException');
    expect(after).toBe(before);
  });

  it.skipIf(isAvailable('tensorflow'))('says what is lacking, and the command that mends it', async () => {
    const error = await startBackend('tensorflow').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LackingError);
    expect((error as Error).message).toBe(
      'The backend "tensorflow" is lacking: TensorFlow is not installed. ' +
        'Run "litmatter backend install tensorflow", or choose another backend.',
    );
  });

  it('says what installs WebGPU, and that auto does without', async () => {
    vi.stubEnv('LITMATTER_WEBGPU', '');
    vi.stubEnv('LITMATTER_TENSORFLOW', '');
    await expect(startBackend('webgpu')).rejects.toThrow(
      'The backend "webgpu" is lacking: WebGPU for Node is not installed. ' +
        'Run "litmatter backend install webgpu", or choose another backend.',
    );
    expect((await startBackend('auto')).name).toBe('wasm');
  });

  it('works in several worker threads at once', async () => {
    const run = async () => {
      const worker = new Worker(new URL('./parity-worker.ts', import.meta.url), {
        workerData: { choice: 'wasm', inputs: goldenInputs, golden: goldenSchNet },
      });
      const [answer] = (await once(worker, 'message')) as [{ backend: Backend; parity: Parity }];
      await worker.terminate();
      return answer;
    };
    for (const { backend, parity } of await Promise.all([run(), run()])) {
      expect(backend.name).toBe('wasm');
      expect(parity.outputs).toBeLessThan(1e-5);
    }
  });
});

describe('backend cards', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('name every backend, with a mend or a reason for those that cannot be started', () => {
    const cards = backendCards();
    expect(cards.map((card) => card.name).sort()).toEqual(['cpu', 'tensorflow', 'wasm', 'webgpu']);
    for (const card of cards) expect(card.detail).toMatch(/\.$/);
  });

  it('put WebGPU before wasm where it was seen on this machine computing on a graphics card, else last', () => {
    const folder = mkdtempSync(join(tmpdir(), 'litmatter-card-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    vi.stubEnv('LITMATTER_WEBGPU', folder);
    const order = (host: string, software: boolean) => {
      const adapter = { name: 'Tesla V100-SXM2-32GB', software };
      leaveWebgpu(folder, { verified: { host, adapter } });
      return backendCards().map(({ name }) => name);
    };
    expect(order(hostname(), false)).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    for (const names of [order(hostname(), true), order('elsewhere', false)])
      expect(names.at(-1)).toBe('webgpu');
    expect(backendCards().at(-1)).toMatchObject({
      available: true,
      detail: 'WebGPU (Dawn 0.6.2), seen computing on: Tesla V100-SXM2-32GB.',
    });
  });
});
