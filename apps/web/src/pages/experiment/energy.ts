import type { RunData } from '../../state/experiment-data.ts';
import { joules } from '../../words/format.ts';

/** Joules of an epoch's training: medians of the epochs after the first that tell them; null where none does. */
export interface RunEnergy {
  readonly cpu: number | null;
  readonly gpu: number | null;
  /** What of it is known, together. */
  readonly epoch: number;
  readonly sample: number;
}

export function energyOf({ epochs }: RunData): RunEnergy | null {
  const counted = epochs.length > 1 ? epochs.slice(1) : epochs;
  const cpu = middle(counted.flatMap((epoch) => epoch.joules?.cpu ?? []));
  const gpu = middle(counted.flatMap((epoch) => epoch.joules?.gpu ?? []));
  const samples = counted.at(-1)?.samples ?? 0;
  if ((cpu === null && gpu === null) || samples === 0) return null;
  const epoch = (cpu ?? 0) + (gpu ?? 0);
  return { cpu, gpu, epoch, sample: epoch / samples };
}

/** "0.21 J a sample; GPUs 1.2 kJ, processors and memory 300 J": what is not known is not in it, and it says so. */
export function energyInWords({ cpu, gpu, sample }: RunEnergy): string {
  const parts = [
    ...(gpu === null ? [] : [`GPUs ${joules(gpu)}`]),
    ...(cpu === null ? [] : [`processors and memory of the hosts, whatever ran there, ${joules(cpu)}`]),
  ];
  const without = cpu === null ? '; processors not counted' : '';
  return `${joules(sample)} a sample; ${parts.join(', ')}${without}`;
}

function middle(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[values.length >> 1]! + sorted[(values.length - 1) >> 1]!) / 2;
}
