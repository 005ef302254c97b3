/**
 * Streams of uniform numbers in [0, 1), one a parameter: seeded by the parameter's name and the run's seed, so that no
 * stream depends on which other parameters there are.
 *
 * Hash: FNV-1a (Fowler, Noll, Vo). Generator: sfc32 of PractRand (Doty-Humphrey), 128 bits of state.
 */
export function namedStream(name: string, seed: number): () => number {
  let a = fnv1a(name);
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // Until name and seed have gone through every bit of the state.
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** FNV-1a of the UTF-8 bytes, 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
