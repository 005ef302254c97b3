import type { BackendName } from '@litmatter/protocol';
import { backendCards } from '../../src/backend/node.ts';

/** Backends every op and model is held to in Node; the one that needs an install is skipped by name without it. */
export const nodeBackends: readonly BackendName[] = ['wasm', 'cpu', 'tensorflow'];

export function isAvailable(name: BackendName): boolean {
  return backendCards().some((card) => card.name === name && card.available);
}
