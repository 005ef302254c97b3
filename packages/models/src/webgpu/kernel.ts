import { backend, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';

/** The members of TensorFlow.js's WebGPU backend that our kernels use. All of them are public. */
export interface GpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  /** Where each tensor's buffer is, once `uploadToGPU` has been called with its data id. */
  readonly tensorMap: { get(dataId: object): { readonly resource?: GPUBuffer } };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  };
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
  makeTensorInfo(shape: number[], dtype: 'float32'): TensorInfo;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  shouldExecuteOnCPU(inputs: TensorInfo[]): boolean;
  runWebGPUProgram(
    program: object,
    inputs: TensorInfo[],
    dtype: 'float32',
    uniforms: { type: 'int32' | 'float32'; data: number[] }[],
    output: TensorInfo,
  ): TensorInfo;
}

export type Inputs = Readonly<Record<string, TensorInfo>>;

/** A kernel of ours on the WebGPU backend: from tensors there to new ones. */
export type GpuKernel = (
  gpu: GpuBackend,
  inputs: Inputs,
  attributes: NamedAttrMap,
) => TensorInfo | TensorInfo[];

/** Numbers that WGSL loads at once: a `vec4<f32>`, or an `f32` or `i32`. */
export type Lanes = 1 | 4;

/** Invocations of a workgroup: a multiple of what every GPU runs in step. */
export const groupSize = 64;

export interface Launch {
  /** The program's name, with all that changes its WGSL beside the tensors' types and lanes. */
  readonly key: string;
  /** By their names in WGSL. Each must be read: WebGPU leaves out of the layout what is not. */
  readonly inputs: Readonly<Record<string, readonly [tensor: TensorInfo, lanes: Lanes]>>;
  /** By their names in WGSL, the first as `result`. */
  readonly outputs: Readonly<Record<string, readonly [shape: readonly number[], lanes: Lanes]>>;
  /** Numbers that change from batch to batch, `uniforms.NAME` in WGSL: i32, or f32 for `floats`. */
  readonly ints?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** Invocations, rounded up to whole workgroups: `uniforms.threads` is how many are wanted. */
  readonly threads: number;
  /** Begins with what is global, and has `fn main(index : i32)`. */
  readonly code: string;
  /** Tensors to write to, as many as there are outputs, where they are there already. */
  readonly into?: readonly TensorInfo[];
}

export const gpuType = (lanes: Lanes): string => (lanes === 4 ? 'vec4<f32>' : 'f32');

/** Four numbers at once where rows of this width lie on their boundaries. */
export const lanesFor = (...widths: readonly number[]): Lanes => (widths.every((w) => w % 4 === 0) ? 4 : 1);

/**
 * Run one program of ours: one launch, whatever the number of its outputs.
 *
 * TensorFlow.js gives a program one output. The further ones go in as inputs, which it binds as buffers to read; the
 * program declares the same bindings a second time, to write to, and leaves the first declarations unused, which WGSL
 * allows and the pipeline's layout then follows.
 *
 * @returns the outputs, in order
 */
export function launch(gpu: GpuBackend, program: Launch): TensorInfo[] {
  const { key, inputs, outputs, ints = {}, floats = {}, threads, code } = program;
  const names = Object.keys(outputs);
  const tensors =
    program.into ?? Object.values(outputs).map(([shape]) => gpu.makeTensorInfo([...shape], 'float32'));
  const further = names.slice(1);
  const declared = further.map((name, k) => {
    const binding = 1 + Object.keys(inputs).length + k;
    const type = gpuType(outputs[name][1]);
    return `@group(0) @binding(${binding}) var<storage, read_write> ${name} : array<${type}>;\n`;
  });
  const lanes = [...Object.values(inputs).map(([, n]) => n), ...further.map(() => 1)];
  const uniforms = [
    'threads : i32',
    ...Object.keys(ints).map((name) => `${name} : i32`),
    ...Object.keys(floats).map((name) => `${name} : f32`),
  ];
  const description = {
    outputShape: tensors[0].shape,
    outputComponent: outputs[names[0]][1],
    variableNames: [...Object.keys(inputs), ...further.map((name) => `${name}Slot`)],
    variableComponents: lanes,
    workgroupSize: [groupSize, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(threads / groupSize), 1, 1],
    uniforms: uniforms.map((line) => `${line},`).join(' '),
    shaderKey: `litmatter ${key} ${lanes.join('')} ${names.map((name) => outputs[name][1]).join('')}`,
    getUserCode: () => `${declared.join('')}${code}`,
  };
  const values = [
    { type: 'int32' as const, data: [threads] },
    ...Object.values(ints).map((value) => ({ type: 'int32' as const, data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32' as const, data: [value] })),
  ];
  const bound = [...Object.values(inputs).map(([tensor]) => tensor), ...tensors.slice(1)];
  gpu.runWebGPUProgram(description, bound, 'float32', values, tensors[0]);
  return [...tensors];
}

/** A program that computes each of `threads` places of its outputs on its own. */
export function launchEach(gpu: GpuBackend, program: Launch): TensorInfo[] {
  const code = program.code.replace(
    'fn main(index : i32) {',
    'fn main(index : i32) {\n  if (index >= uniforms.threads) { return; }',
  );
  return launch(gpu, { ...program, code });
}

export function currentGpu(): GpuBackend {
  return backend() as unknown as GpuBackend;
}
