import { InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { readQm9 } from '../readers/qm9.ts';
import { type DatasetContext, defineDataset, type StoredFile } from './dataset.ts';

/** The official files, as they stand in the data set's folder; each may be gzipped (.gz). */
export const qm9FileNames = ['gdb9.sdf', 'gdb9.sdf.csv', 'uncharacterized.txt'] as const;

const names = 'gdb9.sdf, gdb9.sdf.csv and uncharacterized.txt';

async function openAll(context: DatasetContext): Promise<StoredFile[] | null> {
  const files = await Promise.all(qm9FileNames.map((file) => context.open('qm9', file)));
  const there = files.filter((file) => file !== null);
  return there.length === files.length ? there : null;
}

function mend(context: DatasetContext): string {
  const folder = context.folder('qm9');
  if (folder === null) return 'QM9 is too large to be kept in a browser: train on it from a hub.';
  return (
    `Run "litmatter dataset download qm9", or get ${names} (figshare collection 978904; MoleculeNet's qm9.zip has the first two) and put them, gzipped or ` +
    `not, into ${folder}.`
  );
}

const internalEnergy = 'B3LYP/6-31G(2df,p), a factor of 27.211386246 from the file’s hartree.';
const atomisation = 'Relative to the free atoms, a factor of 0.04336414 from the file’s kcal/mol.';

/** QM9 as PyTorch Geometric reads it, from the official files in the data folder. */
export const qm9 = defineDataset({
  name: 'qm9',
  title: 'QM9',
  description:
    '130,831 molecules of C, N, O, F and H with up to 9 heavy atoms at B3LYP/6-31G(2df,p), without the 3,054 ' +
    'uncharacterised ones; read exactly as PyTorch Geometric reads them.',
  licence: 'CC0-1.0',
  source: 'Ramakrishnan, Dral, Rupp, von Lilienfeld, Scientific Data 1, 140022 (2014)',
  options: z.strictObject({}),
  targets: [
    { name: 'mu', title: 'Dipole moment', unit: 'D', description: 'Length of the dipole moment.' },
    { name: 'alpha', title: 'Polarisability', unit: 'a0^3', description: 'Isotropic polarisability.' },
    { name: 'homo', title: 'HOMO', unit: 'eV', description: 'Energy of the highest occupied orbital.' },
    { name: 'lumo', title: 'LUMO', unit: 'eV', description: 'Energy of the lowest unoccupied orbital.' },
    { name: 'gap', title: 'HOMO-LUMO gap', unit: 'eV', description: 'LUMO minus HOMO.' },
    { name: 'r2', title: 'Spatial extent', unit: 'a0^2', description: 'Electronic spatial extent <R^2>.' },
    { name: 'zpve', title: 'Zero-point energy', unit: 'eV', description: 'Zero-point vibrational energy.' },
    { name: 'U0', title: 'Internal energy, 0 K', unit: 'eV', description: internalEnergy },
    { name: 'U', title: 'Internal energy, 298.15 K', unit: 'eV', description: internalEnergy },
    { name: 'H', title: 'Enthalpy, 298.15 K', unit: 'eV', description: internalEnergy },
    { name: 'G', title: 'Free energy, 298.15 K', unit: 'eV', description: internalEnergy },
    { name: 'Cv', title: 'Heat capacity', unit: 'cal/(mol K)', description: 'Heat capacity at 298.15 K.' },
    { name: 'U0_atom', title: 'Atomisation energy, 0 K', unit: 'eV', description: atomisation },
    { name: 'U_atom', title: 'Atomisation energy, 298.15 K', unit: 'eV', description: atomisation },
    { name: 'H_atom', title: 'Atomisation enthalpy, 298.15 K', unit: 'eV', description: atomisation },
    { name: 'G_atom', title: 'Atomisation free energy, 298.15 K', unit: 'eV', description: atomisation },
    { name: 'A', title: 'Rotational constant A', unit: 'GHz', description: 'The largest.' },
    { name: 'B', title: 'Rotational constant B', unit: 'GHz', description: 'The middle one.' },
    { name: 'C', title: 'Rotational constant C', unit: 'GHz', description: 'The smallest.' },
  ],
  defaultTarget: 'mu',
  async status(context) {
    const files = await openAll(context);
    if (!files) {
      // Known without the files, so that a plan can be made before they are here.
      return { available: false, molecules: 130_831, bytes: null, mend: mend(context), fingerprint: null };
    }
    return {
      available: true,
      molecules: null,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      mend: null,
      fingerprint: files.map((file) => file.stamp).join(' '),
      split: null,
      contents: { positions: true, bonds: true },
    };
  },
  async load(context) {
    const files = await openAll(context);
    if (!files) throw new InputError(`QM9 is not here. ${mend(context)}`);
    const [sdf, csv, uncharacterised] = files.map((file) => file.source);
    return readQm9({ sdf, csv, uncharacterised });
  },
});
