import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { moleculeId, readMolecules, sourceOf } from '../../src/index.ts';

const xyz = '1\n\nHe 0 0 0\n';
const mol = [
  'x',
  '',
  '',
  '  1  0  0  0  0  0  0  0  0  0999 V2000',
  '    0.0000    0.0000    0.0000 He  0',
  'M  END',
];

const waterLines = [
  'water',
  '',
  '',
  '  3  2  0  0  0  0  0  0  0  0999 V2000',
  '    0.0000    0.0000    0.0000 O   0',
  '    1.0000    0.0000    0.0000 H   0',
  '    0.0000    1.0000    0.0000 H   0',
  '  1  2  1  0',
  '  1  3  1  0',
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

  it.each([
    ['a.csv', 'id,smiles\nx,CO\n'],
    ['a.smi', 'CO x'],
    ['a.jsonl', '{"nodes":[0,1],"edges":[[0,1,1]],"id":"x"}'],
  ])('called %s holds molecules with types and bonds, and no positions', async (name, text) => {
    const set = await readMolecules(sourceOf(name, text));
    expect([moleculeId(set, 0), ...set.atomicNumbers]).toEqual(['x', 6, 8]);
    expect([...set.atomColumns.type, ...set.bonds]).toEqual([0, 1, 0, 1]);
    expect(set.positions).toBeNull();
  });

  it('is suited to the model it is read for, or refused by its name', async () => {
    const methanol = sourceOf('a.smi', 'CO');
    expect((await readMolecules(methanol, { kind: 'bonds', atomTypes: 'zinc' })).size).toBe(1);
    await expect(readMolecules(methanol, { kind: 'radius', cutoff: 5 })).rejects.toThrow(
      /^a\.smi: These molecules have no atom positions/,
    );
    const helium = sourceOf('a.xyz', '2\n\nHe 0 0 0\nHe 0 0 3\n');
    await expect(readMolecules(helium, { kind: 'complete' })).rejects.toThrow(/^a\.xyz: .* have no bonds/);
    const water = sourceOf('w.mol', [...waterLines, 'M  END'].join('\n'));
    const folded = await readMolecules(water, { kind: 'bonds', atomTypes: 'zinc' });
    expect([...folded.atomicNumbers, ...folded.atomColumns.type]).toEqual([8, 1]);
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
