import fc from 'fast-check';
import type { GraphSpec, Molecule } from '../src/index.ts';

// -0 is 0 in a text file.
const coordinate = fc.double({ min: -6, max: 6, noNaN: true }).map((x) => x + 0);

/** A molecule of 1 to 12 atoms at random places, with a tree of random bonds and a target "t". */
export const molecule: fc.Arbitrary<Molecule> = fc.integer({ min: 1, max: 12 }).chain((atoms) =>
  fc.record({
    atomicNumbers: fc.array(fc.constantFrom(1, 6, 7, 8, 9), { minLength: atoms, maxLength: atoms }),
    positions: fc.array(fc.tuple(coordinate, coordinate, coordinate), {
      minLength: atoms,
      maxLength: atoms,
    }),
    bonds: fc.tuple(
      ...Array.from({ length: atoms - 1 }, (_, i) =>
        fc.tuple(fc.constant(i + 1), fc.nat(i), fc.integer({ min: 1, max: 4 })),
      ),
    ),
    targets: fc.record({ t: fc.double({ min: -1e3, max: 1e3, noNaN: true }) }),
  }),
);

export const molecules: fc.Arbitrary<Molecule[]> = fc.array(molecule, { minLength: 1, maxLength: 8 });

export const graphSpec: fc.Arbitrary<GraphSpec> = fc.oneof(
  fc.constant<GraphSpec>({ kind: 'complete' }),
  fc.constant<GraphSpec>({ kind: 'bonds' }),
  fc.double({ min: 0.5, max: 12, noNaN: true }).map((cutoff): GraphSpec => ({ kind: 'radius', cutoff })),
);
