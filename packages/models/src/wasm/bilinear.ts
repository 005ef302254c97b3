import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Inputs, output, temporary, type WasmKernel } from './kernel.ts';
import type { Address, WasmKernels } from './kernels.ts';

/** Rows that are worked on at once: what stands between the two products of a row is 4 kB, and should stay in a cache. */
const rowsAtOnce = 384;

/** Some atoms, the edges into them, and the places of their squares. */
interface Part {
  readonly atoms: readonly [from: number, to: number];
  readonly edges: readonly [from: number, to: number];
  readonly squares: readonly [from: number, to: number];
}

/** Cut the atoms into parts of about `rowsAtOnce` edges. */
function partsOf(kernels: WasmKernels, start: TensorInfo): Part[] {
  const { buffer } = kernels.backend.wasm.asm.memory;
  const starts = new Int32Array(buffer, kernels.address(start), start.shape[0]);
  const parts: Part[] = [];
  let from = 0;
  let square = 0;
  let squares = 0;
  for (let atom = 0; atom + 1 < starts.length; atom++) {
    squares += (starts[atom + 1] - starts[atom]) ** 2;
    const full = starts[atom + 1] - starts[from] >= rowsAtOnce || atom + 2 === starts.length;
    if (!full) continue;
    parts.push({
      atoms: [from, atom + 1],
      edges: [starts[from], starts[atom + 1]],
      squares: [square, squares],
    });
    from = atom + 1;
    square = squares;
  }
  return parts;
}

const lengthOf = ([from, to]: readonly [number, number]) => to - from;
const bytes = Float32Array.BYTES_PER_ELEMENT;

/** Where everything lies while one of the two kernels runs. */
interface Work {
  readonly parts: readonly Part[];
  /** F, B, H and degrees, pairs. */
  readonly features: number;
  readonly width: number;
  readonly hidden: number;
  readonly degrees: number;
  readonly pairs: number;
  readonly at: Readonly<Record<'x' | 'g' | 'weight' | 'angular' | 'pair' | 'start' | 'reverse', Address>>;
  readonly weights: Address;
  /** [rows, B F] */
  readonly summed: Address;
  readonly scratch: Address;
}

/** Lay out the memory both kernels need, run `use`, and give the memory back. */
function withWork<R>(kernels: WasmKernels, inputs: Inputs, use: (work: Work) => R): R {
  const { x, g, weight, angular, pair, start, reverse } = inputs;
  const [degrees, pairs, width] = g.shape;
  const features = x.shape[1];
  const [hidden] = weight.shape;
  const parts = partsOf(kernels, start);
  const most = (of: (part: Part) => number) => parts.reduce((largest, p) => Math.max(largest, of(p)), 1);
  const rows = most(({ edges }) => lengthOf(edges));
  const squares = most(({ squares }) => lengthOf(squares));
  return temporary(kernels, [squares * width], (weights) =>
    temporary(kernels, [rows, width * features], (summed) => {
      const scratch = kernels.scratch(kernels.run.gemmScratchBytes(width * features));
      const entries = Object.entries({ x, g, weight, angular, pair, start, reverse });
      const at = Object.fromEntries(entries.map(([name, t]) => [name, kernels.address(t)])) as Work['at'];
      const addresses = { weights: kernels.address(weights), summed: kernels.address(summed) };
      return use({ parts, features, width, hidden, degrees, pairs, at, ...addresses, scratch });
    }),
  );
}

/** For the edges out of a part's atoms, the weighted sums over edges into them: `summed` [rows, B F]. */
function sum({ run }: WasmKernels, work: Work, { atoms, edges, squares }: Part): void {
  const { at, features, width, degrees, pairs, weights, summed, scratch } = work;
  const [from, to] = atoms;
  const angular = at.angular + squares[0] * degrees * bytes;
  run.tripletWeights(angular, at.g, at.pair, at.start, weights, from, to, degrees, pairs, width);
  // The kernel counts rows from the batch's first.
  const out = summed - edges[0] * width * features * bytes;
  run.squareTimesRows(weights, at.x, at.start + from * 4, out, to - from, width, features, scratch);
}

const bilinear: WasmKernel = (kernels, inputs) => {
  const { run } = kernels;
  const out = output(kernels, [inputs.x.shape[0], inputs.weight.shape[0]]);
  // Where there are no edges there is one row all the same.
  if (inputs.x.shape[0] === 1) clear(kernels, out);
  withWork(kernels, inputs, (work) => {
    const { parts, at, features, width, hidden, summed, scratch } = work;
    const rows = parts.reduce((most, { edges }) => Math.max(most, lengthOf(edges)), 1);
    temporary(kernels, [rows, hidden], (result) => {
      const resultAt = kernels.address(result);
      for (const part of parts) {
        const count = lengthOf(part.edges);
        sum(kernels, work, part);
        run.gemm(summed, 0, at.weight, 1, resultAt, count, hidden, width * features, scratch, 0);
        run.placeRows(resultAt, at.reverse + part.edges[0] * 4, kernels.address(out), count, hidden);
      }
    });
  });
  return out;
};

const bilinearGradient: WasmKernel = (kernels, inputs) => {
  const { run } = kernels;
  const gradients = [inputs.x, inputs.g, inputs.weight].map(({ shape }) => output(kernels, shape));
  withWork(kernels, inputs, (work) => {
    const { parts, at, features, width, hidden, degrees, pairs, weights, summed, scratch } = work;
    const inner = width * features;
    const rows = parts.reduce((most, { edges }) => Math.max(most, lengthOf(edges)), 1);
    const squares = parts.reduce((most, part) => Math.max(most, lengthOf(part.squares)), 1);
    const shapes = [[rows, hidden], [rows, inner], [squares * width]];
    const made = shapes.map((shape) => output(kernels, shape));
    const [dresult, dsummed, dweights] = made.map((tensor) => kernels.address(tensor));
    const [dx, dg, dweight] = gradients.map((tensor) => kernels.address(tensor));
    for (const gradient of gradients) clear(kernels, gradient);
    for (const part of parts) {
      const { atoms, edges } = part;
      const count = lengthOf(edges);
      const [from, to] = atoms;
      run.gatherRows(kernels.address(inputs.dy), at.reverse + edges[0] * 4, dresult, count, hidden, -1);
      // Made again rather than kept: 4 kB an edge and block.
      sum(kernels, work, part);
      run.gemm(dresult, 1, summed, 0, dweight, hidden, inner, count, scratch, 1);
      run.gemm(dresult, 0, at.weight, 0, dsummed, count, inner, hidden, scratch, 0);
      const fromRow = dsummed - edges[0] * inner * bytes;
      const starts = at.start + from * 4;
      run.squareTimesRowsGradient(weights, fromRow, starts, dx, to - from, width, features, scratch);
      run.squareTimesRowsWeightGradient(at.x, fromRow, starts, dweights, to - from, width, features, scratch);
      const angular = at.angular + part.squares[0] * degrees * bytes;
      run.tripletWeightsGradient(angular, dweights, at.pair, at.start, dg, from, to, degrees, pairs, width);
    }
    for (const { dataId } of made) kernels.backend.disposeData(dataId);
  });
  return gradients;
};

function clear(kernels: WasmKernels, x: TensorInfo): void {
  const size = x.shape.reduce((product, length) => product * length, 1);
  new Float32Array(kernels.backend.wasm.asm.memory.buffer, kernels.address(x), size).fill(0);
}

export const bilinearKernels = { Bilinear: bilinear, BilinearGradient: bilinearGradient };
