import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readMolecules, sourceOf } from '../../src/index.ts';

const xyz = '1\n\nHe 0 0 0\n';
const mol = [
  'x',
  '',
  '',
  '  1  0  0  0  0  0  0  0  0  0999 V2000',
  '    0.0000    0.0000    0.0000 He  0',
  'M  END',
];

describe('a file of molecules', () => {
  it.each([
    ['a.xyz', xyz],
    ['A.B.EXTXYZ', xyz],
    ['a.mol', mol.join('\n')],
    ['a.sdf.gz', new Uint8Array(gzipSync(mol.join('\n')))],
  ])('called %s is read as what its name says', async (name, data) => {
    const set = await readMolecules(sourceOf(name, data));
    expect(Array.from(set.atomicNumbers)).toEqual([2]);
  });

  it.each(['a.pdb', 'a', '.gz', 'a.constructor'])(
    'called %s is refused with what can be read',
    async (name) => {
      await expect(readMolecules(sourceOf(name, xyz))).rejects.toThrow(
        /no kind that can be read\. Give .*\.sdf.*\.extxyz/,
      );
    },
  );
});
