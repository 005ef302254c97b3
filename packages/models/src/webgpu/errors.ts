import { type GpuKernel, groupSize, launch } from './kernel.ts';

/**
 * The weighted sum of errors, and its slope in each prediction: the composed form is in ops/error-sum.ts. One
 * workgroup, for there are as many numbers as molecules in a batch.
 */
const errorSum: GpuKernel = (gpu, { predictions, targets, weights }, attributes) => {
  const squared = attributes.square === 1;
  return launch(gpu, {
    key: `error sum ${squared}`,
    inputs: { predictions: [predictions, 1], targets: [targets, 1], weights: [weights, 1] },
    outputs: { value: [[1], 1], slope: [predictions.shape, 1] },
    ints: { count: predictions.shape[0] },
    threads: groupSize,
    code: `
var<workgroup> parts : array<f32, ${groupSize}>;
fn main(index : i32) {
  var sum = 0.0;
  for (var m = index; m < uniforms.count; m += ${groupSize}) {
    let error = predictions[m] - targets[m];
    let weight = weights[m];
    sum += weight * ${squared ? 'error * error' : 'abs(error)'};
    slope[m] = weight * ${squared ? '2.0 * error' : 'sign(error)'};
  }
  parts[index] = sum;
  workgroupBarrier();
  if (index == 0) {
    for (var k = 1; k < ${groupSize}; k++) { sum += parts[k]; }
    result[0] = sum;
  }
}`,
  });
};

export const errorKernels = { ErrorSum: errorSum };
