import { type GpuKernel, gpuType, lanesFor, launchEach } from './kernel.ts';

/** Invocations at most: each takes every so-manieth place, for a dispatch has no more than 65,535 workgroups. */
const mostThreads = 2 ** 20;

/** One step of Adam on the flat vectors: the composed form is in ops/adam.ts. */
const adamStep: GpuKernel = (gpu, { parameters, firstMoment, secondMoment, gradient }, attributes) => {
  const { shape } = parameters;
  const lanes = lanesFor(shape[0]);
  const count = shape[0] / lanes;
  const { beta1, beta2, epsilon, scale, rate, root } = attributes as Record<string, number>;
  return launchEach(gpu, {
    key: 'adam step',
    inputs: {
      parameters: [parameters, lanes],
      firstMoment: [firstMoment, lanes],
      secondMoment: [secondMoment, lanes],
      gradient: [gradient, lanes],
    },
    outputs: { stepped: [shape, lanes], first: [shape, lanes], second: [shape, lanes] },
    ints: { count },
    floats: { beta2, fresh1: 1 - beta1, fresh2: 1 - beta2, epsilon, scale, rate, root },
    threads: Math.min(count, mostThreads),
    code: `
fn main(index : i32) {
  for (var k = index; k < uniforms.count; k += uniforms.threads) {
    let g = gradient[k] * uniforms.scale;
    let m = firstMoment[k] + uniforms.fresh1 * (g - firstMoment[k]);
    let v = uniforms.beta2 * secondMoment[k] + uniforms.fresh2 * g * g;
    result[k] = parameters[k] - uniforms.rate * m / (sqrt(v) * uniforms.root + ${gpuType(lanes)}(uniforms.epsilon));
    first[k] = m;
    second[k] = v;
  }
}`,
  });
};

export const adamKernels = { AdamStep: adamStep };
