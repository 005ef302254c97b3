import { join } from 'node:path';
import { folderVariable, namedFolder } from '@litmatter/models/tensorflow';
import { defaultDataFolder } from '../folders.ts';

/**
 * Where the TensorFlow backend is installed: `$LITMATTER_TENSORFLOW`, else `backends/tensorflow` in the data folder,
 * which a new checkout or `npm ci` of the project leaves alone.
 */
export function tensorflowFolder(dataFolder = defaultDataFolder()): string {
  return namedFolder() ?? join(dataFolder, 'backends', 'tensorflow');
}

/** Let this process, its threads and what it starts find the installation: by the variable the loader looks at. */
export function nameTensorflowFolder(): void {
  process.env[folderVariable] = tensorflowFolder();
}
