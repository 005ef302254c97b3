import type { Collective } from './collective.ts';

/**
 * Rank 0's bytes, on every rank: a collective carries floats, and copies their bits.
 *
 * @param bytes - on rank 0; undefined there gives undefined everywhere. Other ranks pass nothing
 */
export async function broadcastBytes(
  collective: Collective,
  bytes?: Uint8Array,
): Promise<Uint8Array | undefined> {
  const given = collective.rank === 0 ? bytes : undefined;
  // A float holds whole numbers up to 2^24: the length goes in two parts, after one that says whether there are any.
  const head = new Float32Array(3);
  if (given) head.set([1, given.length % 2 ** 20, Math.floor(given.length / 2 ** 20)]);
  await collective.broadcast(head);
  if (head[0] === 0) return undefined;
  const length = head[1] + head[2] * 2 ** 20;
  const floats = new Float32Array(Math.ceil(length / 4));
  const whole = new Uint8Array(floats.buffer);
  if (given) whole.set(given);
  if (floats.length > 0) await collective.broadcast(floats);
  return whole.subarray(0, length);
}
