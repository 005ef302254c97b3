import '#gradients';
import { setBackend } from '@tensorflow/tfjs-core';
import { currentGpu, type GpuBackend } from '../../webgpu/kernel.ts';
import { type ChosenAdapter, chooseAdapter, listAdapters, type Seat } from './adapters.ts';
import { type Dawn, loadDawn } from './dawn.ts';
import { failReads } from './failure.ts';
import { lackingError, lackOfAdapter } from './lacking.ts';
import { namedFolder } from './manifest.ts';

interface Running {
  readonly adapter: ChosenAdapter;
  readonly device: GPUDevice;
}

/** Of this thread. */
let running: Running | undefined;
let closed = false;

/** How long a device may take to let go of what it does. */
const closeMilliseconds = 2_000;

/**
 * Start TensorFlow.js's WebGPU backend in this thread on Dawn, with our kernels, on the adapter of this rank.
 *
 * @throws LackingError where it is not installed, or no adapter answers
 */
export async function startWebgpu(
  seat: Seat = { localRank: 0, localRanks: 1 },
  folder = namedFolder(),
): Promise<ChosenAdapter> {
  if (closed) throw new Error('it has been closed in this thread');
  if (running) {
    await setBackend('webgpu');
    return running.adapter;
  }
  const dawn = loadDawn(folder);
  const adapters = await listAdapters(dawn);
  const adapter = chooseAdapter(adapters, seat);
  if (!adapter) throw lackingError(lackOfAdapter(adapters));
  // TensorFlow.js looks for it when it is loaded, and asks it for an adapter; the reference keeps Dawn alive.
  offer(dawn, adapter.name);
  const [{ registerWebgpuKernels }] = await Promise.all([
    import('../../webgpu/register.ts'),
    import('@tensorflow/tfjs-backend-webgpu'),
  ]);
  if (!(await setBackend('webgpu'))) throw new Error(`the adapter ${adapter.name} gave no device`);
  registerWebgpuKernels();
  const gpu: GpuBackend = currentGpu();
  failReads(gpu, adapter.name);
  running = { adapter, device: gpu.device };
  return adapter;
}

function offer(dawn: Dawn, adapter: string): void {
  const value = dawn.create([`adapter=${adapter}`]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value, configurable: true, enumerable: true });
}

/** Whether `auto` may take WebGPU here: it is installed and an adapter that is no software answers. */
export async function hasRealAdapter(folder = namedFolder()): Promise<boolean> {
  try {
    const adapter = chooseAdapter(await listAdapters(loadDawn(folder)), { localRank: 0 });
    return adapter !== undefined && !adapter.software;
  } catch {
    return false;
  }
}

/**
 * Let go of the graphics device, after which this thread computes on it no more. Dawn ends the whole process where a
 * thread is ended, or the process exits, while it still has something to answer; with the device gone it has not.
 */
export async function closeWebgpu(): Promise<void> {
  if (!running) return;
  const { device } = running;
  running = undefined;
  closed = true;
  device.destroy();
  await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, closeMilliseconds).unref())]);
  // What was broken off is told in the next turns of the loop.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  Reflect.deleteProperty(globalThis.navigator, 'gpu');
}
