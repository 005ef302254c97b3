import {
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  type NamedTensorMap,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';

/**
 * An op that carries its own gradient: the one place where TensorFlow.js's `customGrad` is called.
 *
 * Once `backward` has run, all that it made on its way, the gradient of the value and what was kept for it are disposed
 * of. TensorFlow.js would hold them until the whole gradient is done: several times the memory of a deep network.
 *
 * @param inputs - what the op is differentiable in; constants are captured by the two functions instead
 * @param forward - the value; tensors passed to `save` are kept for `backward`, in order
 * @param backward - given the gradient of the value, the gradient of every input, in order
 */
export function differentiable<T extends Tensor, Saved extends Tensor[]>(
  inputs: readonly Tensor[],
  forward: (save: (...tensors: Saved) => void) => T,
  backward: (dy: T, saved: Saved) => Tensor[],
): T {
  const op = customGrad<T>((...args: (Tensor | GradSaveFunc)[]) => {
    const save = args[args.length - 1] as GradSaveFunc;
    return {
      value: forward((...tensors) => save(tensors)),
      gradFunc: (dy: T, saved: Tensor[]) => {
        const gradients = tidy(() => backward(dy, saved as Saved));
        between?.();
        for (const tensor of [dy, ...saved]) if (!gradients.includes(tensor)) tensor.dispose();
        return gradients;
      },
    };
  });
  return op(...inputs);
}

let between: (() => void) | undefined;

/** Run `body`, and call back each time the gradient of one of our ops within it has been computed. */
export function betweenGradients<R>(callback: () => void, body: () => R): R {
  const before = between;
  between = callback;
  try {
    return body();
  } finally {
    between = before;
  }
}

let composedOnly = false;

/** Run `body` with every op in its composed form, as though the backend had no kernels of ours: for tests and benches. */
export function withComposedOps<R>(body: () => R): R {
  const before = composedOnly;
  composedOnly = true;
  try {
    return body();
  } finally {
    composedOnly = before;
  }
}

/** Whether the current backend has a kernel of ours by this name. */
export function hasKernel(name: string): boolean {
  return !composedOnly && getKernel(name, getBackend()) !== undefined;
}

/** Run a kernel of ours on the current backend. */
export function runKernel<T extends Tensor | Tensor[]>(
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Readonly<Record<string, number>> = {},
): T {
  return engine().runKernel(name, inputs as NamedTensorMap, { ...attributes }) as T;
}
