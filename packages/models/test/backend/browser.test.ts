import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/browser.ts';

const require = createRequire(import.meta.url);
const wasmPaths = `${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`;

describe('starting a backend in a browser', () => {
  it('falls back to WebAssembly where there is no WebGPU, and says why', async () => {
    const { name, device, fallbacks } = await startBackend('auto', { wasmPaths });
    expect(name).toBe('wasm');
    expect(device).toMatch(/^WebAssembly, 1 thread, .*SIMD$/);
    expect(fallbacks).toEqual([{ name: 'webgpu', reason: 'this browser has no WebGPU' }]);
  });

  it('takes what was chosen, or says that it does not start', async () => {
    expect(await startBackend('cpu', { wasmPaths })).toMatchObject({ name: 'cpu', fallbacks: [] });
    const error = await startBackend('webgpu', { wasmPaths }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LackingError);
    expect((error as Error).message).toBe('No backend started (webgpu: this browser has no WebGPU).');
    await expect(startBackend('tensorflow', { wasmPaths })).rejects.toThrow(/not for a browser/);
  });
});
