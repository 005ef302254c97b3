import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { plainSimd, relaxedSimd } from './bytes.ts';

export const outOfMemory = 'WebAssembly has no more memory (4 GB at most): choose a smaller batch.';

/** Byte address in the wasm backend's memory; 0 stands for "none" where a kernel allows it. */
export type Address = number;

type SquareProduct = (
  left: Address,
  right: Address,
  start: Address,
  out: Address,
  segments: number,
  width: number,
  n: number,
  scratch: Address,
) => void;

type ScaledSum = (
  from: Address,
  scales: Address,
  to: Address,
  groups: number,
  rows: number,
  width: number,
  terms: number,
) => void;

/** The exports of kernels/index.ts; each is documented there. Flags are 0 or 1. */
export interface Kernels {
  tableBytes(): number;
  prepare(at: Address): void;
  gemmScratchBytes(n: number): number;
  gemm(
    a: Address,
    tA: number,
    b: Address,
    tB: number,
    c: Address,
    m: number,
    n: number,
    k: number,
    scratch: Address,
    accumulate: number,
  ): void;
  dense(
    x: Address,
    w: Address,
    b: Address,
    f: number,
    y: Address,
    before: Address,
    rows: number,
    fanIn: number,
    fanOut: number,
    scratch: Address,
  ): void;
  columnSums(y: Address, out: Address, rows: number, columns: number): void;
  activate(f: number, x: Address, y: Address, size: number): void;
  activateGradient(f: number, saved: Address, dy: Address, dx: Address, size: number): void;
  filterSum(
    x: Address,
    w: Address,
    scale: Address,
    source: Address,
    row: Address,
    start: Address,
    out: Address,
    atoms: number,
    features: number,
  ): void;
  filterSumFilterGradient(
    x: Address,
    dy: Address,
    scale: Address,
    atomsOfPair: Address,
    dw: Address,
    pairs: number,
    features: number,
  ): void;
  gatherRows(x: Address, index: Address, out: Address, rows: number, features: number, none: number): void;
  sumSlots(
    x: Address,
    slots: Address,
    out: Address,
    rows: number,
    columns: number,
    features: number,
    none: number,
  ): void;
  addRowsTo(x: Address, index: Address, out: Address, rows: number, outRows: number, features: number): void;
  gruGates(x: Address, h: Address, state: Address, out: Address, rows: number, features: number): void;
  gruGatesGradient(
    x: Address,
    h: Address,
    state: Address,
    dy: Address,
    dx: Address,
    dh: Address,
    ds: Address,
    rows: number,
    features: number,
  ): void;
  gaussians(
    distance: Address,
    centres: Address,
    coefficient: number,
    out: Address,
    count: number,
    width: number,
  ): void;
  combineRows(
    x: Address,
    index: Address,
    weight: Address,
    out: Address,
    rows: number,
    terms: number,
    features: number,
  ): void;
  spreadRows(
    x: Address,
    index: Address,
    weight: Address,
    out: Address,
    rows: number,
    terms: number,
    outRows: number,
    features: number,
  ): void;
  columnMoments(x: Address, mean: Address, variance: Address, rows: number, columns: number): void;
  normaliseColumns(
    x: Address,
    mean: Address,
    inverse: Address,
    scale: Address,
    shift: Address,
    y: Address,
    rows: number,
    columns: number,
  ): void;
  normaliseColumnsGradient(
    x: Address,
    mean: Address,
    inverse: Address,
    scale: Address,
    y: Address,
    dy: Address,
    dx: Address,
    dscale: Address,
    dshift: Address,
    rows: number,
    columns: number,
    moving: number,
  ): void;
  sumScaled: ScaledSum;
  sumScaledGradient: ScaledSum;
  neighbourStatistics(
    base: Address,
    x: Address,
    bonds: Address,
    source: Address,
    bond: Address,
    start: Address,
    out: Address,
    atoms: number,
    groups: number,
    width: number,
    form: number,
    floor: number,
  ): void;
  neighbourStatisticsGradient(
    x: Address,
    bonds: Address,
    source: Address,
    bond: Address,
    start: Address,
    dout: Address,
    dbase: Address,
    dx: Address,
    dbonds: Address,
    atoms: number,
    bondTypes: number,
    groups: number,
    width: number,
    form: number,
    floor: number,
  ): void;
  segmentOuter(
    a: Address,
    b: Address,
    start: Address,
    c: Address,
    segments: number,
    m: number,
    n: number,
    scratch: Address,
  ): void;
  segmentRowsTimes(
    a: Address,
    b: Address,
    transposed: number,
    start: Address,
    c: Address,
    segments: number,
    n: number,
    k: number,
    scratch: Address,
  ): void;
  squareTimesRows: SquareProduct;
  squareTimesRowsGradient: SquareProduct;
  squareTimesRowsWeightGradient: SquareProduct;
}

/**
 * What our kernels use of TensorFlow.js's wasm backend: where a tensor lies, how to make one, and the memory itself.
 * `asm` is Emscripten's table of exports; the kernels work in the same memory, so no tensor is ever copied.
 */
export interface WasmBackend extends KernelBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc(bytes: number): Address;
    _free(at: Address): void;
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: Address } };
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The module with fused multiply-add where the host knows relaxed SIMD, with plain SIMD where it knows that. */
function choose(): { bytes: Uint8Array<ArrayBuffer>; fused: boolean } | undefined {
  for (const [text, fused] of [[relaxedSimd, true] as const, [plainSimd, false] as const]) {
    const bytes = decodeBase64(text);
    if (WebAssembly.validate(bytes)) return { bytes, fused };
  }
  return undefined;
}

/** Our WebAssembly module beside one wasm backend: the kernels, and one scratch area that grows as needed. */
export class WasmKernels {
  readonly run: Kernels;
  readonly backend: WasmBackend;
  #scratch: Address = 0;
  #scratchBytes = 0;

  /** Whether products are fused with their sums (relaxed SIMD). */
  readonly fused: boolean;

  private constructor(backend: WasmBackend, run: Kernels, fused: boolean) {
    this.backend = backend;
    this.run = run;
    this.fused = fused;
    run.prepare(backend.wasm._malloc(run.tableBytes()));
  }

  /** Undefined where the host has no SIMD or the backend does not show its memory. */
  static async load(backend: WasmBackend): Promise<WasmKernels | undefined> {
    const memory = backend.wasm.asm?.memory;
    const module = choose();
    if (!(memory instanceof WebAssembly.Memory) || !module) return undefined;
    const abort = () => {
      throw new Error('a wasm kernel stopped');
    };
    const { instance } = await WebAssembly.instantiate(module.bytes, { env: { memory, abort } });
    return new WasmKernels(backend, instance.exports as unknown as Kernels, module.fused);
  }

  address(tensor: TensorInfo): Address {
    return this.backend.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** At least `bytes` bytes that no one else uses until the next call of scratch. */
  scratch(bytes: number): Address {
    if (bytes > this.#scratchBytes) {
      if (this.#scratch !== 0) this.backend.wasm._free(this.#scratch);
      this.#scratch = this.backend.wasm._malloc(bytes);
      this.#scratchBytes = this.#scratch === 0 ? 0 : bytes;
      if (this.#scratch === 0) throw new Error(outOfMemory);
    }
    return this.#scratch;
  }

  /** C [m, n] = op(A) op(B). */
  gemm(a: Address, tA: boolean, b: Address, tB: boolean, c: Address, m: number, n: number, k: number): void {
    const scratch = this.scratch(this.run.gemmScratchBytes(n));
    this.run.gemm(a, Number(tA), b, Number(tB), c, m, n, k, scratch, 0);
  }
}
