import type { Collective } from './collective.ts';

const room = 2304;

/**
 * Every rank's short text, by rank, on rank 0; undefined elsewhere. Sent as numbers, so that a collective has to
 * carry nothing but those. Text beyond 2,304 bytes of UTF-8 is cut.
 */
export async function gatherText(collective: Collective, text: string): Promise<string[] | undefined> {
  const values = new Float64Array(1 + room);
  const bytes = new Uint8Array(room);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  values[0] = written;
  values.set(bytes, 1);
  const gathered = await collective.gather(values);
  return gathered?.map((v) => new TextDecoder().decode(Uint8Array.from(v.subarray(1, 1 + v[0]))));
}
