/**
 * Random numbers that are the same on every machine: sfc32 (C. Doty-Humphrey, PractRand), seeded through
 * MurmurHash3's finaliser so that neighbouring seeds give unrelated streams.
 */

/** A stream of whole numbers in [0, 2^32). */
export type Random32 = () => number;

/** MurmurHash3's 32-bit finaliser: every bit of the input reaches every bit of the output. */
function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * A stream for a seed and a purpose: (42, 1) and (43, 0) are unrelated, so that repeats with consecutive seeds do
 * not see each other's epochs one later.
 *
 * @param keys - whole numbers up to 2^53: a seed, then what the stream is for
 */
export function randomStream(...keys: readonly number[]): Random32 {
  let hash = 0x9e3779b9;
  for (const key of keys) {
    hash = mix(hash ^ mix(key % 2 ** 32));
    hash = mix((hash + Math.floor(key / 2 ** 32) + 0x6a09e667) >>> 0);
  }
  let a = hash;
  let b = mix(hash + 1);
  let c = mix(hash + 2);
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** A uniform number in [0, 1) with 32 random bits, for initialisers. */
export function uniform(random: Random32): () => number {
  return () => random() / 2 ** 32;
}

/** A uniform whole number in [0, bound), without bias: draws above the largest multiple of `bound` are thrown back. */
function below(random: Random32, bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  for (;;) {
    const draw = random();
    if (draw < limit) return draw % bound;
  }
}

/** A uniformly random order of 0 .. n - 1 (Fisher and Yates). */
export function permutation(n: number, random: Random32): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(random, i + 1);
    const held = order[i];
    order[i] = order[j];
    order[j] = held;
  }
  return order;
}
