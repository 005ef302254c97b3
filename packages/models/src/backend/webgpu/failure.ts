import type { GpuBackend } from '../../webgpu/kernel.ts';

/** The graphics device is gone: its driver was reset or the card fell off. Another attempt may well succeed. */
export class LostDeviceError extends Error {
  override readonly name = 'LostDeviceError';
}

/**
 * Have every read of numbers throw once the device was lost or has refused something: WebGPU tells of both beside the
 * calls, and what is read thereafter is wrong without an error.
 *
 * @param adapter - its name, for the sentence
 */
export function failReads(gpu: Pick<GpuBackend, 'device' | 'getBufferData'>, adapter: string): void {
  let failure: Error | undefined;
  const { device } = gpu;
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= new Error(refusedWords(adapter, error.message));
  });
  void device.lost.then(({ reason, message }) => {
    if (reason === 'destroyed') return;
    failure = new LostDeviceError(
      `The graphics device (${adapter}) was lost${message ? `: ${sentence(message)}` : '.'} The machine's log (dmesg) may say why.`,
    );
  });
  const read = gpu.getBufferData.bind(gpu);
  gpu.getBufferData = async (buffer) => {
    try {
      const data = await read(buffer);
      if (failure) throw failure;
      return data;
    } catch (error) {
      // A read that is broken off may be heard of before its cause.
      await new Promise(setImmediate);
      throw failure ?? error;
    }
  };
}

function refusedWords(adapter: string, message: string): string {
  return `The graphics device (${adapter}) refused a call: ${sentence(message)} If it says a size or memory, make the batch smaller.`;
}

/** The first of what a device says, as a sentence. */
function sentence(message: string): string {
  return message.trim().split('\n')[0]!.replace(/\.?$/, '.');
}
