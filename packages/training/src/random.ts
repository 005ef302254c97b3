/** MurmurHash3's 32-bit finaliser (A. Appleby): every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * A 32-bit seed for a purpose: (42, 1) and (43, 0) are unrelated, so that repeats with consecutive seeds do not see
 * each other's epochs one later, as they do where seed and epoch are added up.
 *
 * @param keys - whole numbers up to 2^53: a run's seed, then what the numbers are for
 */
export function seedOf(...keys: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    hash = mix(hash ^ mix(key % 2 ** 32));
    hash = mix(hash + Math.floor(key / 2 ** 32) + 0x6a09e667);
  }
  return hash;
}
