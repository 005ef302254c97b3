import { dispose, reshape, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** An attribute of an op as the package's binding takes it. */
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string | readonly number[];
}

/** What `@tensorflow/tfjs-node` registers under "tensorflow", as far as it is used here: any op of TensorFlow's, by name. */
export interface NodeBackend {
  /** Codes of attributes and types. */
  readonly binding: Readonly<
    Record<
      'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_FLOAT' | 'TF_INT32',
      number
    >
  >;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/**
 * Ops of TensorFlow's own that TensorFlow.js has no kernel for, or reaches by a detour. Float32 unless it says otherwise.
 * What they give belongs to the caller, who disposes of what is not an output.
 */
export class NativeOps {
  readonly #backend: NodeBackend;
  readonly #float: Attribute;

  constructor(backend: NodeBackend) {
    this.#backend = backend;
    this.#float = this.#type('T', backend.binding.TF_FLOAT);
  }

  #type(name: string, value: number): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_TYPE, value };
  }

  #flag(name: string, value: boolean): Attribute {
    return { name, type: this.#backend.binding.TF_ATTR_BOOL, value };
  }

  #plain(name: string, ...inputs: TensorInfo[]): Tensor {
    return this.#backend.executeSingleOutput(name, [this.#float], inputs);
  }

  /** A product of two matrices, either of them transposed first. */
  matMul(a: TensorInfo, b: TensorInfo, transposeA = false, transposeB = false): Tensor {
    const flags = [this.#flag('transpose_a', transposeA), this.#flag('transpose_b', transposeB)];
    return this.#backend.executeSingleOutput('MatMul', [this.#float, ...flags], [a, b]);
  }

  /** x [R, F] + bias [F]: faster than an addition that broadcasts. */
  biasAdd(x: TensorInfo, bias: TensorInfo): Tensor {
    return this.#plain('BiasAdd', x, bias);
  }

  /** The sum over rows: [R, F] -> [F]. Three times as fast as Sum. */
  columnSums(x: TensorInfo): Tensor {
    return this.#plain('BiasAddGrad', x);
  }

  /** The gradient of an activation in one op: of relu, tanh and sigmoid from the value, of softplus from the input. */
  slope(name: 'ReluGrad' | 'SoftplusGrad', dy: TensorInfo, kept: TensorInfo): Tensor {
    return this.#plain(name, dy, kept);
  }

  /** y (1 - y) dy, and (1 - y^2) dy. */
  slopeOfValue(name: 'SigmoidGrad' | 'TanhGrad', y: TensorInfo, dy: TensorInfo): Tensor {
    return this.#plain(name, y, dy);
  }

  /**
   * Rows of several parts [R_k, F], each part's i-th at index_k[i] of the result: no joined copy is made first.
   *
   * @param indices - [R_k] int32, together 0 .. R - 1
   */
  stitchRows(indices: readonly TensorInfo[], parts: readonly TensorInfo[]): Tensor {
    const count = { name: 'N', type: this.#backend.binding.TF_ATTR_INT, value: parts.length };
    return this.#backend.executeSingleOutput(
      'ParallelDynamicStitch',
      [this.#float, count],
      [...indices, ...parts],
    );
  }

  /**
   * Of batch normalisation by the rows' own moments, before any activation: the gradients of x [R, F], scale [F], shift [F].
   *
   * @param mean - [F], as variance is: of x, the latter divided by R and above 0
   */
  batchNormGradient(
    dy: TensorInfo,
    x: TensorInfo,
    scale: TensorInfo,
    mean: TensorInfo,
    variance: TensorInfo,
  ): Tensor[] {
    const { TF_ATTR_FLOAT, TF_FLOAT } = this.#backend.binding;
    const attributes = [
      this.#float,
      this.#type('U', TF_FLOAT),
      this.#flag('is_training', true),
      // The variance that is given has it already.
      { name: 'epsilon', type: TF_ATTR_FLOAT, value: 0 },
    ];
    const [rows, columns] = x.shape;
    const [dy4, x4] = [dy, x].map((matrix) => reshape(matrix as Tensor, [rows, 1, 1, columns]));
    // The last two outputs are empty.
    const [dx, dscale, dshift, ...none] = this.#backend.executeMultipleOutputs(
      'FusedBatchNormGradV3',
      attributes,
      [dy4, x4, scale, mean, variance, mean],
      5,
    );
    const flat = reshape(dx, [rows, columns]);
    dispose([dy4, x4, dx, ...none]);
    return [flat, dscale, dshift];
  }

  /** Rows of x by their index (int32, of any shape). TensorFlow checks the bounds itself. */
  gather(x: TensorInfo, index: TensorInfo): Tensor {
    const { TF_FLOAT, TF_INT32 } = this.#backend.binding;
    const types = [this.#type('Tparams', TF_FLOAT), this.#type('Tindices', TF_INT32)];
    return this.#backend.executeSingleOutput('Gather', types, [x, index]);
  }

  /**
   * Sums of gathered rows: out[segment[e]] is the sum of the rows x[index[e]], no gathered row being written.
   *
   * @param segment - [E] int32, ascending
   * @param segments - int32 scalar: how many rows come out; those of no e are zero
   */
  segmentSums(x: TensorInfo, index: TensorInfo, segment: TensorInfo, segments: TensorInfo): Tensor {
    const { TF_INT32 } = this.#backend.binding;
    const types = ['Tidx', 'Tnumsegments', 'Tsegmentids'].map((name) => this.#type(name, TF_INT32));
    return this.#backend.executeSingleOutput(
      'SparseSegmentSumWithNumSegments',
      [this.#float, ...types],
      [x, index, segment, segments],
    );
  }
}
