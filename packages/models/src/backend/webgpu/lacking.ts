import { LackingError } from '@litmatter/protocol';
import { firstLine } from '../installed.ts';
import { adapterVariable } from './adapters.ts';
import type { AdapterCard } from './manifest.ts';

/** What WebGPU lacks on this machine, and the command that mends it. */
export interface Lack {
  /** A sentence. */
  readonly detail: string;
  readonly mend: string;
}

const loader = 'libvulkan.so.1';

/** Why no adapter answers, from the likeliest cause. */
export function lackOfAdapter(
  adapters: readonly AdapterCard[],
  env: NodeJS.ProcessEnv = process.env,
  platform = process.platform,
): Lack {
  if (adapters.length > 0) {
    const names = adapters.map(({ name }) => name).join(', ');
    return {
      detail: `No graphics adapter here has "${env[adapterVariable]}" in its name, as ${adapterVariable} asks: there is ${names}.`,
      mend: `unset ${adapterVariable}`,
    };
  }
  if (platform !== 'linux') {
    return { detail: 'This machine offers WebGPU no graphics adapter.', mend: "install the card's driver" };
  }
  if (!hasLibrary(loader)) {
    return {
      detail: `Vulkan's loader (${loader}) is not on this machine.`,
      mend: 'apt-get install -y libvulkan1 (dnf install -y vulkan-loader), and the driver of the GPU',
    };
  }
  return {
    detail: 'Vulkan offers no graphics adapter that WebGPU can use (Mesa must be of version 23 or newer).',
    mend:
      'apt-get install -y mesa-vulkan-drivers (AMD, Intel; Debian 12: from bookworm-backports), or nvidia-vulkan-icd (NVIDIA); ' +
      'in a container let NVIDIA_DRIVER_CAPABILITIES have "graphics"',
  };
}

export function lackingError({ detail, mend }: Lack): LackingError {
  return new LackingError(
    `The backend "webgpu" is lacking: ${detail} Mend it (${mend}), or choose another backend.`,
  );
}

/** Whether the system's linker finds a library. */
export function hasLibrary(name: string): boolean {
  try {
    // No addon of Node's: it says so once the library has been found.
    process.dlopen({ exports: {} }, name);
    return true;
  } catch (error) {
    return !/cannot open shared object|No such file/i.test(firstLine(error));
  }
}
