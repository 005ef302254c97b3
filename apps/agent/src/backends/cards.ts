import { backendCards } from '@litmatter/models/node';
import type { BackendCard } from '@litmatter/protocol';
import { tensorflowCard } from '../tensorflow/card.ts';
import { tensorflowFolder } from '../tensorflow/folder.ts';
import { webgpuCard } from '../webgpu/card.ts';
import { webgpuFolder } from '../webgpu/folder.ts';

/** What can compute on this machine, best first; what was installed is tried, so that its device is the true one. */
export async function probedCards(): Promise<BackendCard[]> {
  const [tensorflow, { card: webgpu, real }] = await Promise.all([
    tensorflowCard(tensorflowFolder()),
    webgpuCard(webgpuFolder()),
  ]);
  const others = backendCards().filter(({ name }) => name !== 'tensorflow' && name !== 'webgpu');
  return real ? [tensorflow, webgpu, ...others] : [tensorflow, ...others, webgpu];
}
