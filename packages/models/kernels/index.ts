/** Everything the WebAssembly module exports. Addresses are byte offsets in TensorFlow.js's own wasm memory. */
export { activate, activateGradient, columnSums, dense } from './dense';
export { gruGates, gruGatesGradient } from './gates';
export { gaussians } from './gaussians';
export { gemm, gemmScratchBytes } from './gemm';
export { prepare, tableBytes } from './math';
export { addRowsTo, filterSum, filterSumFilterGradient, gatherRows, sumSlots } from './neighbours';
export { columnMoments, normaliseColumns, normaliseColumnsGradient } from './normalise';
export { combineRows, spreadRows } from './rows';
export { sumScaled, sumScaledGradient } from './scales';
export {
  segmentOuter,
  segmentRowsTimes,
  squareTimesRows,
  squareTimesRowsGradient,
  squareTimesRowsWeightGradient,
} from './segments';
export { neighbourStatistics, neighbourStatisticsGradient } from './statistics';
