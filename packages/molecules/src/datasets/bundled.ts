import { z } from 'zod';
import { sourceOf } from '../readers/source.ts';
import { defineDataset } from './dataset.ts';
import { litmolSize, readLitmol } from './litmol.ts';

const file = new URL('../../bundled/molecules.litmol', import.meta.url);

const fileName = 'molecules.litmol';

/** The last eight bytes of a gzip file: checksum and length of what is in it. */
function gzipTrailer(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(-8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The data set that ships with LitMatter: packages/molecules/bundled/README.md is its card. */
export const bundled = defineDataset({
  name: 'bundled',
  title: 'Small molecules, GFN2-xTB',
  description:
    'Neutral closed-shell molecules of C, N, O, F and H with up to 6 heavy atoms, enumerated and relaxed with the ' +
    'semi-empirical method GFN2-xTB (not DFT, not QM9). Ships with LitMatter: nothing to download.',
  licence: 'CC0-1.0',
  source: 'Made by LitMatter: packages/molecules/bundled',
  options: z.strictObject({}),
  targets: [
    {
      name: 'dipole',
      title: 'Dipole moment',
      unit: 'D',
      description: 'Length of the dipole moment: atomic charges and atomic dipoles.',
    },
    {
      name: 'polarisability',
      title: 'Polarisability',
      unit: 'a0^3',
      description: 'Isotropic static polarisability of the D4 dispersion model.',
    },
    { name: 'homo', title: 'HOMO', unit: 'eV', description: 'Energy of the highest occupied orbital.' },
    { name: 'lumo', title: 'LUMO', unit: 'eV', description: 'Energy of the lowest unoccupied orbital.' },
    { name: 'gap', title: 'HOMO-LUMO gap', unit: 'eV', description: 'LUMO minus HOMO.' },
    {
      name: 'energy',
      title: 'Total energy',
      unit: 'eV',
      description: 'Total energy of the relaxed molecule.',
    },
    {
      name: 'atomisation',
      title: 'Atomisation energy',
      unit: 'eV',
      description: 'Total energy minus that of the free atoms; negative where the molecule is bound.',
    },
  ],
  defaultTarget: 'dipole',
  async status(context) {
    const bytes = await context.asset(file);
    return {
      available: true,
      molecules: await litmolSize(sourceOf(fileName, bytes)),
      bytes: bytes.length,
      mend: null,
      fingerprint: gzipTrailer(bytes),
      split: null,
      contents: { positions: true, bonds: true },
    };
  },
  async load(context) {
    return readLitmol(sourceOf(fileName, await context.asset(file)));
  },
});
