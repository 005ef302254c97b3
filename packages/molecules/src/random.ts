/**
 * MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998) seeded by init_genrand, as NumPy's RandomState is:
 * the same seed gives the same 32-bit numbers here and there.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(624);
  #at = 624;

  /** @param seed - a whole number; only its lowest 32 bits count */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed % 2 ** 32;
    for (let i = 1; i < 624; i++) {
      state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < 624; i++) {
      const mixed = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff);
      state[i] = state[(i + 397) % 624] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }

  /** The next whole number, 0 .. 2^32 - 1. */
  next(): number {
    if (this.#at === 624) this.#refill();
    let y = this.#state[this.#at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A whole number 0 .. max, each as likely: draws are masked to max's bits and those above it are thrown away. */
  upTo(max: number): number {
    if (max === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.next() & mask) >>> 0;
      if (value <= max) return value;
    }
  }
}

/** The numbers 0 .. count - 1 shuffled: equal to NumPy's `RandomState(seed).permutation(count)`. */
export function permutation(count: number, seed: number): Uint32Array {
  const twister = new MersenneTwister(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i >= 1; i--) {
    const j = twister.upTo(i);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
