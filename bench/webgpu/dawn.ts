import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { registerWebgpuKernels } from '../../packages/models/src/webgpu/register.ts';

/** Dawn, the WebGPU of Chromium, as an npm package. Not a dependency: a hundred megabytes that only this bench needs. */
const dawn = 'webgpu@0.6.2';
const folder = fileURLToPath(new URL('../../node_modules/.cache/litmatter/dawn', import.meta.url));

function install(): void {
  if (existsSync(`${folder}/node_modules/webgpu`)) return;
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('npm', ['install', '--silent', '--ignore-scripts', '--prefix', folder, dawn], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`npm could not install ${dawn}`);
}

/**
 * Start TensorFlow.js's WebGPU backend in Node, with our kernels, on the Vulkan driver that VK_DRIVER_FILES names or the
 * system has.
 *
 * @returns the adapter in words
 */
export async function startDawn(): Promise<string> {
  install();
  const require = createRequire(`${folder}/package.json`);
  const { create, globals } = (await import(require.resolve('webgpu'))) as {
    create(options: string[]): GPU;
    globals: object;
  };
  const gpu = create([]);
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('Vulkan has no driver here (Mesa 23 or newer has lavapipe)');
  await import('@litmatter/models/node');
  const models = createRequire(new URL('../../packages/models/package.json', import.meta.url));
  await import(models.resolve('@tensorflow/tfjs-backend-webgpu'));
  const { enableProdMode, setBackend } = (await import(models.resolve('@tensorflow/tfjs-core'))) as {
    enableProdMode(): void;
    setBackend(name: string): Promise<boolean>;
  };
  enableProdMode();
  if (!(await setBackend('webgpu'))) throw new Error('the adapter gave no device');
  registerWebgpuKernels();
  return adapter.info.description || adapter.info.device || adapter.info.vendor;
}
