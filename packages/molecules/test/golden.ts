import { readFileSync } from 'node:fs';
import { type MoleculeSet, moleculeSet } from '../src/index.ts';

interface GoldenInputs {
  readonly z: readonly number[];
  readonly pos: readonly (readonly number[])[];
  readonly batch: readonly number[];
}

/** The golden input (water, ethanol, HCN) as PyTorch Geometric was given it. */
export function goldenSet(): MoleculeSet {
  const file = new URL('./fixtures/golden-inputs.json', import.meta.url);
  const { z, pos, batch } = JSON.parse(readFileSync(file, 'utf8')) as GoldenInputs;
  return moleculeSet(
    ['water', 'ethanol', 'HCN'].map((id, m) => ({
      id,
      atomicNumbers: z.filter((_, a) => batch[a] === m),
      positions: pos.filter((_, a) => batch[a] === m),
    })),
  );
}
