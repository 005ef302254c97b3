import { hostname } from 'node:os';
import type { EnergyMeter } from '@litmatter/training';
import { bootId } from '../../launchers/job-files.ts';
import { openGpuPower } from './power.ts';
import { openRapl } from './rapl.ts';

export interface RankMeter extends EnergyMeter {
  /** To be called at each step: a counter may go round while an epoch lasts. */
  tick(): void;
  close(): void;
}

/**
 * The energy meters of this rank's place: its host's processors and memory (RAPL), and its GPU where it computes on one.
 *
 * @param device - what the backend says that it computes on
 */
export function openMeter(device: string): RankMeter {
  const cpu = openRapl(bootId() || hostname());
  const gpu = device.includes('GPU') ? openGpuPower() : undefined;
  return {
    names: { cpu: cpu?.name ?? null, gpu: gpu?.name ?? null },
    read: () => ({ cpu: cpu?.read() ?? Number.NaN, gpu: gpu?.read() ?? Number.NaN }),
    tick: () => cpu?.tick(),
    close: () => {
      cpu?.close();
      gpu?.close();
    },
  };
}
