export { addBatchNorm, addRunningMoments, batchNormRelu } from './blocks/batch-norm.ts';
export { addGru, gru } from './blocks/gru.ts';
export { addSet2Set, type MoleculePlaces, set2set, uploadPlaces } from './blocks/set2set.ts';
export { countKernels, type KernelCount } from './count.ts';
export { defineModel } from './define.ts';
export { type DimeNetOptions, dimenet, dimenetOptions } from './dimenet.ts';
export { linear, parameter } from './layers.ts';
export * from './model.ts';
export { type NNConvOptions, nnconv, nnconvOptions } from './nnconv.ts';
export { type Activation, activate } from './ops/activation.ts';
export { type AdamRates, type AdamVectors, adamVectors, hasAdamStep } from './ops/adam.ts';
export { bilinear, type TripletGraph, uploadTriplets } from './ops/bilinear.ts';
export { collectTensors } from './ops/collect.ts';
export { type DenseOptions, dense, denseOnto } from './ops/dense.ts';
export {
  edgesFor,
  raggedEdges,
  type Segments,
  uploadPairRows,
  uploadSegments,
  uploadSources,
  uploadTargetSums,
  uploadTargets,
} from './ops/edges.ts';
export { type ErrorKind, errorSum } from './ops/error-sum.ts';
export { type GaussianBasis, gaussianBasis, gaussians } from './ops/gaussians.ts';
export { gruGates } from './ops/gru-gates.ts';
export { type BondGraph, neighbourStatistics, uploadBonds } from './ops/neighbour-statistics.ts';
export { neighbourSum, type PairGraph, pairCount, uploadPairs } from './ops/neighbour-sum.ts';
export { betweenGradients, differentiable, withComposedOps } from './ops/op.ts';
export { outerSum } from './ops/outer-sum.ts';
export { plus } from './ops/plus.ts';
export { radialProduct } from './ops/radial-product.ts';
export { readsAtOnce } from './ops/reading.ts';
export { memoryIsShort, recomputed } from './ops/recompute.ts';
export { combineRows, type RowMap, type RowTable, uploadRows } from './ops/rows.ts';
export { embeddingTable, interpolationTable, lookupTable, moleculeTable } from './ops/tables.ts';
export * from './parameters/initialisers.ts';
export {
  BufferBuilder,
  initialiseParameters,
  LayoutBuilder,
  namedValues,
  parameterValues,
  startBuffers,
} from './parameters/layout.ts';
export { fnv1a, namedStream } from './parameters/random.ts';
export { gradientByEntry, orderOfUse, views } from './parameters/views.ts';
export { type PNAOptions, pna, pnaOptions } from './pna.ts';
export { builtInModels, findModel, modelCard, type ResolvedModel, resolveModel } from './registry.ts';
export { type SchNetOptions, schnet, schnetOptions } from './schnet.ts';
export {
  encodeWeights,
  readWeights,
  type WeightCard,
  type WeightFile,
  weightCard,
  weightsFrom,
} from './weights.ts';
