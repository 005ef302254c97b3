import { join } from 'node:path';
import { folderVariable, namedFolder } from '@litmatter/models/webgpu';
import { defaultDataFolder } from '../folders.ts';

/** Where the WebGPU backend is installed: `$LITMATTER_WEBGPU`, else `backends/webgpu` in the data folder. */
export function webgpuFolder(dataFolder = defaultDataFolder()): string {
  return namedFolder() ?? join(dataFolder, 'backends', 'webgpu');
}

/** Let this process, its threads and what it starts find the installation: by the variable the loader looks at. */
export function nameWebgpuFolder(): void {
  process.env[folderVariable] = webgpuFolder();
}
