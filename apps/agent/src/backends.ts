import type { BackendCard } from '@litmatter/protocol';

/** What can compute on this machine, best first. */
export async function probeBackends(): Promise<BackendCard[]> {
  return [];
}
