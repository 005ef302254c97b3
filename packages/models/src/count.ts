import { backend, getBackend, getKernel, profile } from '@tensorflow/tfjs-core';

/** Kernels, and ops of TensorFlow's, that only give a tensor another shape or name: nothing is launched for them. */
const free = new Set(['Reshape', 'Identity', 'ExpandDims', 'Cast']);

export interface KernelCount {
  /** Launches: on WebGPU, dispatches; on TensorFlow, ops of its own that compute; elsewhere, kernels run. */
  readonly launches: number;
  /** Runs of each kernel by its TensorFlow.js name. */
  readonly byName: Readonly<Record<string, number>>;
}

/** Methods of a backend that each launch one thing, by their names. The first argument may be its name. */
const launching = ['runWebGPUProgram', 'executeSingleOutput', 'executeMultipleOutputs'] as const;
type Dispatcher = { [K in (typeof launching)[number]]?: (...values: unknown[]) => unknown };

/** Count what a backend launches until `stop` is called; undefined where its kernels are what it launches. */
function watch(dispatcher: Dispatcher): { readonly stop: () => number } | undefined {
  let launches = 0;
  const found = launching.flatMap((name) => {
    const original = dispatcher[name];
    return original ? [{ name, original, own: Object.hasOwn(dispatcher, name) }] : [];
  });
  if (found.length === 0) return undefined;
  for (const { name, original } of found) {
    dispatcher[name] = (...values) => {
      if (!(typeof values[0] === 'string' && free.has(values[0]))) launches++;
      return original.apply(dispatcher, values);
    };
  }
  return {
    stop: () => {
      for (const { name, original, own } of found) {
        if (own) dispatcher[name] = original;
        else delete dispatcher[name];
      }
      return launches;
    },
  };
}

/**
 * Run a function and count what it launches on the current backend: the cost of a small network on a GPU, and the same
 * on every machine.
 */
export async function countKernels(body: () => unknown): Promise<KernelCount> {
  const watched = watch(backend() as Dispatcher);
  const byName: Record<string, number> = {};
  let launches: number | undefined;
  try {
    const { kernels } = await profile(() => {
      body();
      return [];
    });
    // The profile also lists ops with a gradient of their own, under the name of the op around them.
    for (const { name } of kernels) {
      if (!free.has(name) && getKernel(name, getBackend())) byName[name] = (byName[name] ?? 0) + 1;
    }
  } finally {
    launches = watched?.stop();
  }
  return { launches: launches ?? Object.values(byName).reduce((sum, count) => sum + count, 0), byName };
}
