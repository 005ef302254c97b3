/** TensorFlow for Node: what the agent installs, and how a rank loads it. Node only. */

export { exercise } from '../exercise.ts';
export { checkDevice, cpuWords, idleGpuWords, type TensorflowDevice, tensorflowWords } from './device.ts';
export {
  askedDevice,
  deviceVariable,
  prepareTensorflow,
  type TensorflowShare,
  tensorflowEnvironment,
} from './environment.ts';
export { type LoadedTensorflow, type LoadOptions, loadTensorflow } from './load.ts';
export {
  folderVariable,
  installCommand,
  manifestFile,
  namedFolder,
  readManifest,
  type TensorflowManifest,
  tensorflowManifest,
} from './manifest.ts';
export { type Gpu, gpuOfProcess, listGpus, parseGpus, visibleGpus } from './nvidia.ts';
