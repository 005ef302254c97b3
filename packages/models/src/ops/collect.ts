import { Tensor } from '@tensorflow/tfjs-core';

/** Every tensor in a nest of plain objects and lists, by its path: "pairs.scale", "readout.forward.index". */
export function collectTensors(nest: object, prefix = ''): Record<string, Tensor> {
  const found: Record<string, Tensor> = {};
  for (const [key, value] of Object.entries(nest)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (value instanceof Tensor) found[path] = value;
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      Object.assign(found, collectTensors(value, path));
    }
  }
  return found;
}
