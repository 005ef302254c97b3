import '../../models/node_modules/@tensorflow/tfjs/dist/tf.node.js';
import type { Model } from '@litmatter/models';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { toyModel } from './toy.ts';

export async function startTestBackend(name: 'cpu' | 'wasm' = 'cpu'): Promise<'cpu' | 'wasm'> {
  await setBackend(name);
  await ready();
  return name;
}

export function modelOf(_name: string): Model {
  return toyModel;
}
