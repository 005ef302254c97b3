import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type GpuBackend, gpuType, lanesFor, launchEach } from './kernel.ts';

/**
 * Sine and cosine to float32's rounding. WGSL's own may be off by 5e-4, and SwiftShader's are by 1e-4: too far for
 * DimeNet, whose radial basis multiplies them by the inverse of a distance.
 *
 * The argument is brought to within a quarter turn of 0 with pi / 2 in three parts (Cody and Waite, Software manual for the
 * elementary functions, 1980), good to about 8000; then the minimax polynomials of S. L. Moshier's Cephes library.
 */
const turns = (type: string, integers: string) => `
fn sineOf(x : ${type}, quarters : i32) -> ${type} {
  let n = round(x * 0.63661977);
  let r = ((x - n * 1.5703125) - n * 4.837512969970703e-4) - n * 7.549789954891882e-8;
  let z = r * r;
  let s = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  let c = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
  let quarter = ${integers}(n) + quarters;
  let value = select(s, c, (quarter & ${integers}(1)) == ${integers}(1));
  return select(value, -value, (quarter & ${integers}(2)) == ${integers}(2));
}
`;

/** @param quarters - quarter turns ahead: 0 is the sine, 1 the cosine */
export function sine(gpu: GpuBackend, x: TensorInfo, quarters: 0 | 1): TensorInfo {
  const size = x.shape.reduce((product, width) => product * width, 1);
  const lanes = lanesFor(size);
  return launchEach(gpu, {
    key: `sine ${quarters}`,
    inputs: { x: [x, lanes] },
    outputs: { y: [x.shape, lanes] },
    threads: size / lanes,
    code: `${turns(gpuType(lanes), lanes === 4 ? 'vec4<i32>' : 'i32')}
fn main(index : i32) {
  result[index] = sineOf(x[index], ${quarters});
}`,
  })[0];
}
