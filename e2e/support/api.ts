import type { ExperimentSnapshot, ExperimentSpecInput } from '@litmatter/protocol';
import type { Hub } from './hub.ts';

/** A small experiment on the bundled molecules. */
export function smallSpec(changes: Partial<ExperimentSpecInput> = {}): ExperimentSpecInput {
  return {
    name: 'A small experiment',
    models: [{ name: 'schnet', preset: 'small' }],
    dataset: { name: 'bundled', target: 'dipole', limit: 200 },
    training: { epochs: 3, batchPerDevice: 16 },
    devices: [1],
    ...changes,
  };
}

async function ask<T>(hub: Hub, path: string, init: RequestInit = {}): Promise<T> {
  const address = new URL(hub.address);
  const headers = {
    authorization: `Bearer ${address.searchParams.get('token')}`,
    'content-type': 'application/json',
  };
  const answer = await fetch(new URL(path, address.origin), { ...init, headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Submit an experiment as a script would; resolves with its id. */
export async function submit(hub: Hub, spec: ExperimentSpecInput): Promise<string> {
  const body = JSON.stringify(spec);
  const { id } = await ask<{ id: string }>(hub, '/api/experiments', { method: 'POST', body });
  return id;
}

export function snapshot(hub: Hub, id: string): Promise<ExperimentSnapshot> {
  return ask(hub, `/api/experiments/${id}`);
}
