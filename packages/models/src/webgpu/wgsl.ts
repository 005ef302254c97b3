import { type Activation, activationCode } from '../ops/activation.ts';
import type { Lanes } from './kernel.ts';

/** Pieces of WGSL that several programs share. */

const values: Readonly<Record<Activation, string>> = {
  identity: 'x',
  ssp: 'max(x, T(0.0)) + log(1.0 + exp(-abs(x))) - 0.69314718',
  swish: 'x * sigmoidOf(x)',
  relu: 'max(x, T(0.0))',
  tanh: 'tanhOf(x)',
  sigmoid: 'sigmoidOf(x)',
};

/** The derivative from the value y, or from the input where the op keeps that: see `kernelKeeps`. */
const slopes: Readonly<Record<Activation, string>> = {
  identity: 'T(1.0)',
  ssp: '1.0 - 0.5 * exp(-y)',
  swish: 'sigmoidOf(y) * (1.0 + y * (1.0 - sigmoidOf(y)))',
  relu: 'select(T(0.0), T(1.0), y > T(0.0))',
  tanh: '1.0 - y * y',
  sigmoid: 'y * (1.0 - y)',
};

/** sigmoid and tanh of a type T from exp(-|x|), which cannot overflow. */
export function curves(type: string): string {
  return `
fn sigmoidOf(x : ${type}) -> ${type} {
  let e = exp(-abs(x));
  return select(e, ${type}(1.0), x >= ${type}(0.0)) / (1.0 + e);
}
fn tanhOf(x : ${type}) -> ${type} {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}
`;
}

const ofType = (code: string, type: string) => code.replaceAll('T(', `${type}(`);

/** `fn activated(x) -> T` */
export function activated(activation: Activation, type: string): string {
  return `fn activated(x : ${type}) -> ${type} { return ${ofType(values[activation], type)}; }\n`;
}

/** `fn slopeAt(y) -> T` */
export function slopeAt(activation: Activation, type: string): string {
  return `fn slopeAt(y : ${type}) -> ${type} { return ${ofType(slopes[activation], type)}; }\n`;
}

/** The activation of a kernel's attribute. */
export function activationOf(code: unknown): Activation {
  const names = Object.keys(activationCode) as Activation[];
  return names.find((name) => activationCode[name] === code) ?? 'identity';
}

/**
 * `fn NAME(row, quad) -> vec4<f32>`: numbers 4 quad .. 4 quad + 3 of a row of `width` numbers, zeros beyond its end.
 *
 * @param width - WGSL for the width
 */
export function rowReader(name: string, array: string, width: string, lanes: Lanes): string {
  if (lanes === 4) {
    return `fn ${name}(row : i32, quad : i32) -> vec4<f32> { return ${array}[row * (${width} / 4) + quad]; }\n`;
  }
  const rest = ['x', 'y', 'z', 'w'].map((_, k) => {
    const at = `row * ${width} + min(4 * quad + ${k}, ${width} - 1)`;
    return `select(0.0, ${array}[${at}], 4 * quad + ${k} < ${width})`;
  });
  return `fn ${name}(row : i32, quad : i32) -> vec4<f32> { return vec4<f32>(${rest.join(', ')}); }\n`;
}

/** `fn NAME(row, quad, value)`: write such numbers, those within the row. */
export function rowWriter(name: string, array: string, width: string, lanes: Lanes): string {
  const head = `fn ${name}(row : i32, quad : i32, value : vec4<f32>) {`;
  if (lanes === 4) return `${head} ${array}[row * (${width} / 4) + quad] = value; }\n`;
  const rest = ['x', 'y', 'z', 'w'].map(
    (part, k) =>
      `if (4 * quad + ${k} < ${width}) { ${array}[row * ${width} + 4 * quad + ${k}] = value.${part}; }`,
  );
  return `${head} ${rest.join(' ')} }\n`;
}

/** `fn segmentOf(row) -> i32`: which segment a row belongs to, from `start` [segments + 1]. */
export const segmentOf = `
fn segmentOf(row : i32, segments : i32) -> i32 {
  var low = 0;
  var high = segments;
  while (high - low > 1) {
    let middle = (low + high) / 2;
    if (start[middle] <= row) { low = middle; } else { high = middle; }
  }
  return low;
}
`;

/** WGSL repeated for each of `count`. */
export function each(count: number, code: (k: number) => string): string {
  return Array.from({ length: count }, (_, k) => code(k)).join('\n  ');
}
