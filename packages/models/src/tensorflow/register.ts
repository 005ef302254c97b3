import { backend, getBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../backend/kernels.ts';
import { NativeOps, type NodeBackend } from './native.ts';
import { replacements } from './stock.ts';

type Inputs = Readonly<Record<string, TensorInfo>>;

/** The parts of ops that TensorFlow has in one op of its own, by the names that src/ops asks for. */
const ours: Readonly<Record<string, (ops: NativeOps, inputs: Inputs) => Tensor | Tensor[]>> = {
  BiasAdd: (ops, { x, bias }) => ops.biasAdd(x, bias),
  ColumnSums: (ops, { x }) => ops.columnSums(x),
  ReluSlope: (ops, { dy, y }) => ops.slope('ReluGrad', dy, y),
  SoftplusSlope: (ops, { dy, x }) => ops.slope('SoftplusGrad', dy, x),
  SigmoidSlope: (ops, { dy, y }) => ops.slopeOfValue('SigmoidGrad', y, dy),
  TanhSlope: (ops, { dy, y }) => ops.slopeOfValue('TanhGrad', y, dy),
  StitchRows: (ops, inputs) => {
    const given = Object.values(inputs);
    return ops.stitchRows(given.slice(0, given.length / 2), given.slice(given.length / 2));
  },
  BatchNormGradient: (ops, { dy, x, scale, mean, variance }) =>
    ops.batchNormGradient(dy, x, scale, mean, variance),
  SegmentSums: (ops, { x, index, segment, segments }) => ops.segmentSums(x, index, segment, segments),
};

let registered = false;

/** Register our kernels on the tensorflow backend of this thread, which must be the current one. */
export function registerTensorflowKernels(): void {
  if (getBackend() !== 'tensorflow') throw new Error('the tensorflow backend must be the current one');
  if (registered) return;
  registered = true;
  const ops = new NativeOps(backend() as unknown as NodeBackend);
  for (const [kernelName, run] of Object.entries(ours)) {
    replaceKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs }) => run(ops, inputs as Inputs),
    });
  }
  for (const config of replacements(ops)) replaceKernel(config);
}
