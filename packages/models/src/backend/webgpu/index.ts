/** WebGPU for Node: what the agent installs, and looks at. Node only; `startBackend` and `closeBackend` are in ../node.ts. */
export { exercise } from '../exercise.ts';
export { manifestFile } from '../installed.ts';
export {
  adapterNames,
  adapterVariable,
  adapterWords,
  type ChosenAdapter,
  chooseAdapter,
  listAdapters,
  type Seat,
} from './adapters.ts';
export { loadDawn } from './dawn.ts';
export { failReads, LostDeviceError } from './failure.ts';
export { hasLibrary, type Lack, lackOfAdapter } from './lacking.ts';
export {
  type AdapterCard,
  folderVariable,
  installCommand,
  namedFolder,
  readManifest,
  type WebgpuManifest,
  webgpuManifest,
} from './manifest.ts';
