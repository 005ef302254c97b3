import '#gradients';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { type BackendCard, type BackendChoice, type BackendName, LackingError } from '@litmatter/protocol';
import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import { registerTensorflowKernels } from '../tensorflow/register.ts';
import type { Backend } from './backend.ts';
import {
  askedDevice,
  idleGpuWords,
  installCommand,
  listGpus,
  loadTensorflow,
  namedFolder,
  readManifest,
  type TensorflowManifest,
  tensorflowWords,
} from './tensorflow/index.ts';
import { startWasm } from './wasm.ts';

export type { Backend };

const require = createRequire(import.meta.url);

/** Best first. In Node, WebGPU needs a GPU library that is not part of it. */
const bestFirst: readonly BackendName[] = ['tensorflow', 'wasm', 'cpu'];

/** TensorFlow's native library, where `litmatter backend install tensorflow` has put it. @throws LackingError */
function installedTensorflow(): TensorflowManifest | undefined {
  const folder = namedFolder();
  return folder === undefined ? undefined : readManifest(folder);
}

function processor(): string {
  return cpus()[0]?.model.trim().replace(/\s+/g, ' ') || process.arch;
}

/** What a backend lacks on this machine, in words; undefined where it can be started. */
function lacks(name: BackendName): { detail: string; mend: string | null } | undefined {
  if (name === 'tensorflow') {
    try {
      if (!installedTensorflow()) return { detail: 'TensorFlow is not installed.', mend: installCommand };
    } catch (error) {
      return { detail: (error as Error).message, mend: installCommand };
    }
  }
  if (name === 'webgpu') return { detail: 'WebGPU runs in the browser; Node has none.', mend: null };
  return undefined;
}

/** What can compute on this machine, best first, and what those that cannot lack. Starts nothing. */
export function backendCards(): BackendCard[] {
  const details: Record<BackendName, () => string> = {
    tensorflow: () => tensorflowWords(installedTensorflow()!),
    webgpu: () => '',
    wasm: () => `WebAssembly, one thread a rank, on ${processor()}.`,
    cpu: () => 'Plain JavaScript: slow, for comparison.',
  };
  return [...bestFirst, 'webgpu' as const].map((name) => {
    const missing = lacks(name);
    return missing
      ? { name, available: false, ...missing }
      : { name, available: true, detail: details[name](), mend: null };
  });
}

const starters: Record<BackendName, () => Promise<string>> = {
  async tensorflow() {
    const { device } = loadTensorflow();
    if (!(await setBackend('tensorflow'))) throw new Error('its library did not load');
    registerTensorflowKernels();
    return device;
  },
  async wasm() {
    const before = exitHandlers();
    const level = await startWasm(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    removeExitHandlers(before);
    return `${processor()}, 1 thread, ${level}`;
  },
  async cpu() {
    await setBackend('cpu');
    return `${processor()}, JavaScript`;
  },
  webgpu: () => Promise.reject(new Error('Node has none')),
};

const exitEvents = ['uncaughtException', 'unhandledRejection'];

/** What this process does with what nobody caught. */
function exitHandlers(): Map<string, unknown[]> {
  return new Map(exitEvents.map((event) => [event, process.listeners(event as 'exit')]));
}

/** The wasm backend's loader leaves handlers that throw such errors again: it is not its place to end a process. */
function removeExitHandlers(before: Map<string, unknown[]>): void {
  for (const event of exitEvents) {
    for (const listener of process.listeners(event as 'exit')) {
      if (!before.get(event)?.includes(listener)) process.removeListener(event, listener);
    }
  }
}

/**
 * Start what computes in this thread: the main thread or a worker. Calling it again changes it.
 *
 * @param choice - `auto` takes the best there is
 * @throws LackingError where the one asked for is not on this machine or does not start
 */
export async function startBackend(choice: BackendChoice): Promise<Backend> {
  // Without it TensorFlow.js advertises its other packages on the console.
  enableProdMode();
  const name = choice === 'auto' ? bestFirst.find((candidate) => !lacks(candidate))! : choice;
  const missing = lacks(name);
  if (missing) {
    const mend = missing.mend ? `Run "${missing.mend}", or choose` : 'Choose';
    throw new LackingError(`The backend "${name}" is lacking: ${missing.detail} ${mend} another backend.`);
  }
  try {
    const device = (await starters[name]()).slice(0, 255);
    const warning =
      choice === 'auto' && name !== 'tensorflow' ? idleGpuWords(listGpus(), askedDevice()) : undefined;
    return { name, device, ...(warning !== undefined && { warning }) };
  } catch (error) {
    if (error instanceof LackingError) throw error;
    throw new LackingError(
      `The backend "${name}" did not start: ${(error as Error).message}. Choose another, such as "wasm".`,
    );
  }
}
