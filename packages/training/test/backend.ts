import { type Model, resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import type { BackendName } from '@litmatter/protocol';
import { toyModel } from './toy.ts';

export async function startTestBackend(name: 'cpu' | 'wasm' = 'cpu'): Promise<BackendName> {
  return (await startBackend(name)).name;
}

export function modelOf(name: 'toy' | 'schnet'): Model {
  return name === 'toy' ? toyModel : resolveModel({ name, preset: 'small', options: {} }).model;
}
