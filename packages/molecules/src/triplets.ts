import { InputError } from '@litmatter/protocol';
import type { Triplets } from './batch.ts';

/**
 * The triplets of a batch and their angles: see `Triplets`. All neighbours of j stand in j's row of `source`, as the
 * atoms its in-edges come from and, in the same order, those its out-edges lead to.
 *
 * @param positions - [N, 3] angstrom
 * @param edgeStart - [N + 1] the edges into each atom
 * @param source - [E]
 * @param nameOf - the name of an atom's molecule, for the message
 * @param numberOf - an atom's number in its molecule, from 1, for the message
 * @throws InputError where two neighbours are in the same place: they make no angle, and have no distance to divide by
 */
export function tripletsOf(
  positions: Float32Array,
  edgeStart: Int32Array,
  source: Int32Array,
  nameOf: (atom: number) => string,
  numberOf = (atom: number): number => atom + 1,
): Triplets {
  const atoms = edgeStart.length - 1;
  const squareStart = new Int32Array(atoms + 1);
  for (let j = 0; j < atoms; j++) {
    squareStart[j + 1] = squareStart[j] + (edgeStart[j + 1] - edgeStart[j]) ** 2;
  }
  const cosine = new Float64Array(squareStart[atoms]);
  let at = 0;
  for (let j = 0; j < atoms; j++) {
    const last = edgeStart[j + 1];
    for (let out = edgeStart[j]; out < last; out++) {
      const i = source[out];
      const x = positions[3 * i];
      const y = positions[3 * i + 1];
      const z = positions[3 * i + 2];
      const ux = positions[3 * j] - x;
      const uy = positions[3 * j + 1] - y;
      const uz = positions[3 * j + 2] - z;
      const uu = ux * ux + uy * uy + uz * uz;
      if (uu === 0) {
        throw new InputError(
          `The molecule "${nameOf(i)}" has two atoms in the same place, its atoms ${numberOf(Math.min(i, j))} and ` +
            `${numberOf(Math.max(i, j))}. Correct its positions, or remove it.`,
        );
      }
      for (let into = edgeStart[j]; into < last; into++, at++) {
        const k = source[into];
        if (k === i) continue;
        const vx = positions[3 * k] - x;
        const vy = positions[3 * k + 1] - y;
        const vz = positions[3 * k + 2] - z;
        const scale = Math.sqrt(uu * (vx * vx + vy * vy + vz * vz));
        // Rounding may carry a straight line beyond 1. Atoms in one place are refused when their own edge is met.
        cosine[at] = Math.max(-1, Math.min(1, (ux * vx + uy * vy + uz * vz) / scale));
      }
    }
  }
  return { count: at - source.length, squareStart, cosine };
}
