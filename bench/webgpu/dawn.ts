import { fileURLToPath } from 'node:url';
import { startBackend } from '@litmatter/models/node';
import { folderVariable } from '@litmatter/models/webgpu';
import { installWebgpu } from '../../apps/agent/src/webgpu/install.ts';

const folder = fileURLToPath(new URL('../../node_modules/.cache/litmatter/webgpu', import.meta.url));

/**
 * Start WebGPU in Node as a rank does, installed once beside the packages, on the Vulkan driver that VK_DRIVER_FILES
 * names or the system has.
 *
 * @returns the adapter in words
 */
export async function startDawn(): Promise<string> {
  await installWebgpu({ folder });
  process.env[folderVariable] = folder;
  return (await startBackend('webgpu')).device;
}
