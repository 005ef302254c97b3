import { backend, getBackend, getKernel, profile } from '@tensorflow/tfjs-core';

/** Kernels that only give a tensor another shape or name: nothing is launched for them. */
const free = new Set(['Reshape', 'Identity', 'ExpandDims', 'Cast']);

export interface KernelCount {
  /** Kernel launches: on WebGPU, dispatches; elsewhere, kernels run. */
  readonly launches: number;
  /** Runs of each kernel by its TensorFlow.js name. */
  readonly byName: Readonly<Record<string, number>>;
}

interface Dispatcher {
  runWebGPUProgram?(...values: unknown[]): unknown;
}

/**
 * Run a function and count what it launches on the current backend: the cost of a small network on a GPU, and the same
 * on every machine.
 */
export async function countKernels(body: () => unknown): Promise<KernelCount> {
  const dispatcher = backend() as Dispatcher;
  const dispatch = dispatcher.runWebGPUProgram;
  let dispatches = 0;
  if (dispatch) {
    dispatcher.runWebGPUProgram = (...values) => {
      dispatches++;
      return dispatch.apply(dispatcher, values);
    };
  }
  const byName: Record<string, number> = {};
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
    if (dispatch) dispatcher.runWebGPUProgram = dispatch;
  }
  const runs = Object.values(byName).reduce((sum, count) => sum + count, 0);
  return { launches: dispatch ? dispatches : runs, byName };
}
