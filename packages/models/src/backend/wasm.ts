import { env, setBackend } from '@tensorflow/tfjs-core';
import type { WasmLevel } from '../wasm/register.ts';

/** Where the backend's .wasm files are: a folder (ending in "/"), or the address of each by its file name. */
export type WasmPaths = string | Readonly<Record<WasmFile, string>>;
export type WasmFile =
  | 'tfjs-backend-wasm.wasm'
  | 'tfjs-backend-wasm-simd.wasm'
  | 'tfjs-backend-wasm-threaded-simd.wasm';

/**
 * Start the wasm backend with our kernels on it.
 *
 * @throws Error where it does not start
 */
export async function startWasm(paths: WasmPaths): Promise<WasmLevel> {
  // Loaded only here, so that a page that computes on WebGPU never fetches them.
  const [{ setWasmPaths }, { registerWasmKernels }] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('../wasm/register.ts'),
  ]);
  // Its threads bring no gain, and our kernels work in memory that is not shared.
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(typeof paths === 'string' ? paths : { ...paths });
  if (!(await setBackend('wasm'))) throw new Error('the WebAssembly module did not start');
  return registerWasmKernels();
}
