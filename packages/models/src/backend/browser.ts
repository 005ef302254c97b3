import '#gradients';
import { type BackendChoice, type BackendName, LackingError } from '@litmatter/protocol';
import { backend, enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { startWasm, type WasmPaths } from './wasm.ts';

/** A backend better than the one that computes, and why it does not. */
export interface Fallback {
  readonly name: BackendName;
  /** The end of a sentence: "this browser has no WebGPU". */
  readonly reason: string;
}

export interface BrowserBackend extends Backend {
  readonly fallbacks: readonly Fallback[];
}

export interface BrowserBackendOptions {
  /** Where the .wasm files are served: a bundler's addresses of the files in @tensorflow/tfjs-backend-wasm/dist. */
  readonly wasmPaths: WasmPaths;
}

const bestFirst: readonly BackendName[] = ['webgpu', 'wasm', 'cpu'];

type Starter = (options: BrowserBackendOptions) => Promise<string>;

/** Each gives the device's name, or throws why it cannot. Code is loaded only for what is tried. */
const starters: Record<BackendName, Starter> = {
  async webgpu() {
    const { gpu } = navigator as { gpu?: GPU };
    if (!gpu) throw new Error('this browser has no WebGPU');
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('this browser has WebGPU but offers no graphics adapter');
    const [{ registerWebgpuKernels }] = await Promise.all([
      import('../webgpu/register.ts'),
      import('@tensorflow/tfjs-backend-webgpu'),
    ]);
    if (!(await setBackend('webgpu'))) throw new Error('its graphics adapter gave no device');
    registerWebgpuKernels();
    return adapterName(adapter);
  },
  async wasm({ wasmPaths }) {
    const level = await startWasm(wasmPaths);
    return `WebAssembly, 1 thread, ${level}`;
  },
  async cpu() {
    await import('@tensorflow/tfjs-backend-cpu');
    if (!(await setBackend('cpu'))) throw new Error('it did not start');
    return 'JavaScript';
  },
  tensorflow: () => Promise.reject(new Error('it is a library for the cluster, not for a browser')),
};

function adapterName({ info }: GPUAdapter): string {
  const words = [info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ')];
  const limit = Math.floor(
    (backend() as { device?: GPUDevice }).device?.limits.maxStorageBufferBindingSize ?? 0,
  );
  if (limit > 0) words.push(`${Math.floor(limit / 2 ** 20)} MiB a buffer`);
  return words.filter(Boolean).join(', ') || 'WebGPU';
}

/**
 * Start what computes in this page or worker: what was chosen, or with `auto` the first of WebGPU, WebAssembly and
 * JavaScript that starts, with the reason why each better one did not.
 *
 * @throws LackingError where the one asked for does not start
 */
export async function startBackend(
  choice: BackendChoice,
  options: BrowserBackendOptions,
): Promise<BrowserBackend> {
  enableProdMode();
  const fallbacks: Fallback[] = [];
  for (const name of choice === 'auto' ? bestFirst : [choice]) {
    try {
      return { name, device: await starters[name](options), fallbacks };
    } catch (error) {
      fallbacks.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = fallbacks.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  throw new LackingError(`No backend started (${reasons}).`);
}
