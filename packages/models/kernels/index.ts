/** Everything the WebAssembly module exports. Addresses are byte offsets in TensorFlow.js's own wasm memory. */
export { activate, activateGradient, columnSums, dense } from './dense';
export { gemm, gemmScratchBytes } from './gemm';
export { addRowsTo, filterSum, filterSumFilterGradient, gatherRows, sumSlots } from './neighbours';
export {
  segmentOuter,
  segmentRowsTimes,
  squareTimesRows,
  squareTimesRowsGradient,
  squareTimesRowsWeightGradient,
} from './segments';
