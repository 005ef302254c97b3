import { availableParallelism } from 'node:os';
import {
  askedDevice,
  type Gpu,
  installCommand,
  listGpus,
  readManifest,
  visibleGpus,
} from '@litmatter/models/tensorflow';
import { type BackendCard, LackingError } from '@litmatter/protocol';
import { probeTensorflow } from './probe.ts';

/**
 * What the TensorFlow backend computes on here and now, found by computing with it in a process of its own. It is not
 * available where it would leave this machine's GPU idle (and the CPU was not asked for).
 */
export async function tensorflowCard(
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<BackendCard> {
  const name = 'tensorflow';
  const gpus = listGpus(env);
  const mend = `${installCommand}${gpus.length > 0 ? ' --cuda' : ''}`;
  try {
    const manifest = readManifest(folder);
    if (!manifest) return { name, available: false, detail: absentWords(gpus, env), mend };
    const { device, library } = await probeTensorflow(folder, { threads: availableParallelism(), env });
    const detail = `TensorFlow ${library} computes on: ${device}.`;
    return { name, available: true, detail, mend: null };
  } catch (error) {
    if (!(error instanceof LackingError)) throw error;
    return { name, available: false, detail: error.message, mend };
  }
}

/** That it is not installed, and what that means beside a GPU. */
function absentWords(gpus: readonly Gpu[], env: NodeJS.ProcessEnv): string {
  const absent = 'TensorFlow is not installed.';
  if (askedDevice(env) === 'cpu' || visibleGpus(gpus, env).length === 0) return absent;
  const names = gpus.map((gpu) => gpu.name).join(', ');
  return `${absent} This machine's GPU (${names}) stands idle: the backend "auto" computes on the CPU without it.`;
}
