import '#gradients';
import { createRequire } from 'node:module';
import { cpus, hostname } from 'node:os';
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
import {
  adapterWords,
  type ChosenAdapter,
  installCommand as installWebgpu,
  namedFolder as namedWebgpuFolder,
  readManifest as readWebgpuManifest,
  type Seat,
  type WebgpuManifest,
} from './webgpu/index.ts';
import { hasRealAdapter, startWebgpu } from './webgpu/start.ts';

export { closeWebgpu as closeBackend } from './webgpu/start.ts';
export type { Backend, Seat };

const require = createRequire(import.meta.url);

/** Best first. WebGPU comes before wasm only where it computes on a real graphics adapter. */
const bestFirst: readonly BackendName[] = ['tensorflow', 'webgpu', 'wasm', 'cpu'];

/** TensorFlow's native library, where `litmatter backend install tensorflow` has put it. @throws LackingError */
function installedTensorflow(): TensorflowManifest | undefined {
  const folder = namedFolder();
  return folder === undefined ? undefined : readManifest(folder);
}

/** Dawn, where `litmatter backend install webgpu` has put it. @throws LackingError */
function installedWebgpu(): WebgpuManifest | undefined {
  const folder = namedWebgpuFolder();
  return folder === undefined ? undefined : readWebgpuManifest(folder);
}

function processor(): string {
  return cpus()[0]?.model.trim().replace(/\s+/g, ' ') || process.arch;
}

/** Backends that are installed, and what each lacks where it is not. */
const installable: Partial<Record<BackendName, { installed: () => unknown; detail: string; mend: string }>> =
  {
    tensorflow: {
      installed: installedTensorflow,
      detail: 'TensorFlow is not installed.',
      mend: installCommand,
    },
    webgpu: { installed: installedWebgpu, detail: 'WebGPU for Node is not installed.', mend: installWebgpu },
  };

/** What a backend lacks on this machine, in words; undefined where it can be started. */
function lacks(name: BackendName): { detail: string; mend: string } | undefined {
  const known = installable[name];
  if (!known) return undefined;
  const { installed, detail, mend } = known;
  try {
    return installed() ? undefined : { detail, mend };
  } catch (error) {
    return { detail: (error as Error).message, mend };
  }
}

/** What can compute on this machine, best first, and what those that cannot lack. Starts nothing. */
export function backendCards(): BackendCard[] {
  const details: Record<BackendName, () => string> = {
    tensorflow: () => tensorflowWords(installedTensorflow()!),
    webgpu: () => webgpuWords(installedWebgpu()!),
    wasm: () => `WebAssembly, one thread a rank, on ${processor()}.`,
    cpu: () => 'Plain JavaScript: slow, for comparison.',
  };
  return cardOrder().map((name) => {
    const missing = lacks(name);
    return missing
      ? { name, available: false, ...missing }
      : { name, available: true, detail: details[name](), mend: null };
  });
}

/** Best first: WebGPU last where it was not seen computing on this machine's graphics card. */
function cardOrder(): readonly BackendName[] {
  const verified = lacks('webgpu') ? undefined : installedWebgpu()?.verified;
  if (verified?.host === hostname() && verified.adapter?.software === false) return bestFirst;
  return [...bestFirst.filter((name) => name !== 'webgpu'), 'webgpu'];
}

/** What an installation is, before it is loaded. */
function webgpuWords({ packageVersion, verified: { adapter } }: WebgpuManifest): string {
  const seen = adapter ? `seen computing on: ${adapterWords(adapter)}` : 'not seen computing yet';
  return `WebGPU (Dawn ${packageVersion}), ${seen}.`;
}

type Started = Omit<Backend, 'name'>;

const starters: Record<BackendName, (seat: Seat | undefined) => Promise<Started>> = {
  async tensorflow() {
    const { device } = loadTensorflow();
    if (!(await setBackend('tensorflow'))) throw new Error('its library did not load');
    registerTensorflowKernels();
    return { device };
  },
  async webgpu(seat) {
    const adapter = await startWebgpu(seat);
    const warning = adapterWarning(adapter);
    return { device: adapterWords(adapter), adapter, ...(warning !== undefined && { warning }) };
  },
  async wasm() {
    const before = exitHandlers();
    const level = await startWasm(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
    removeExitHandlers(before);
    return { device: `${processor()}, 1 thread, ${level}` };
  },
  async cpu() {
    await setBackend('cpu');
    return { device: `${processor()}, JavaScript` };
  },
};

/** What a person should know of the adapter that computes. */
function adapterWarning({ name, software, ofName, shared }: ChosenAdapter): string | undefined {
  if (software) {
    return `WebGPU computes on ${name}, which is software on this machine's processor: the backend "wasm" is faster here.`;
  }
  if (ofName === 1 || shared === false) return undefined;
  return (
    `This host shows ${ofName} adapters named ${name}. WebGPU for Node takes an adapter by its name, so ranks of this ` +
    'host share the first: give each its own (Slurm: --gpus-per-task=1).'
  );
}

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
 * @param seat - which of this host's ranks it is for, where there are several: each has an adapter of its own if it can
 * @throws LackingError where the one asked for is not on this machine or does not start
 */
export async function startBackend(choice: BackendChoice, seat?: Seat): Promise<Backend> {
  // Without it TensorFlow.js advertises its other packages on the console.
  enableProdMode();
  const name = choice === 'auto' ? await best() : choice;
  const missing = lacks(name);
  if (missing) {
    throw new LackingError(
      `The backend "${name}" is lacking: ${missing.detail} Run "${missing.mend}", or choose another backend.`,
    );
  }
  try {
    const started = await starters[name](seat);
    const onProcessor = name === 'wasm' || name === 'cpu';
    const warning =
      choice === 'auto' && onProcessor ? idleGpuWords(listGpus(), askedDevice()) : started.warning;
    return {
      ...started,
      name,
      device: started.device.slice(0, 255),
      ...(warning !== undefined && { warning }),
    };
  } catch (error) {
    if (error instanceof LackingError) throw error;
    throw new LackingError(
      `The backend "${name}" did not start: ${(error as Error).message}. Choose another, such as "wasm".`,
    );
  }
}

/** What `auto` takes. */
async function best(): Promise<BackendName> {
  for (const name of bestFirst) {
    if (lacks(name) || (name === 'webgpu' && !(await hasRealAdapter()))) continue;
    return name;
  }
  return 'cpu';
}
