import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSmilesParser, type SmilesParser, zincAtomTypes } from '../../src/index.ts';
import { sharedData } from '../shared.ts';

let parse: SmilesParser;
beforeAll(async () => {
  parse = await loadSmilesParser();
});

const names = (smiles: string) => {
  const graph = parse(smiles);
  return typeof graph === 'string' ? graph : graph.types.map((type) => zincAtomTypes[type]);
};

describe('a SMILES', () => {
  it('becomes atoms in its order, typed, and bonds of order 1 to 3', () => {
    expect(parse('C[C@@H](O)C#N')).toEqual({
      atomicNumbers: [6, 6, 8, 6, 7],
      types: [0, 4, 1, 0, 2],
      bonds: [
        [0, 1, 1],
        [1, 2, 1],
        [1, 3, 1],
        [3, 4, 3],
      ],
    });
  });

  it('has its aromatic rings written with alternating bonds', () => {
    for (const ring of [
      'c1ccccc1',
      'c1ccncc1',
      'c1cc[nH]c1',
      'c1ccoc1',
      'c1ccc2ccccc2c1',
      'C[n+]1ccccc1',
      'Cn1cccc1',
    ]) {
      const graph = parse(ring);
      if (typeof graph === 'string') throw new Error(graph);
      const doubles = new Array(graph.types.length).fill(0);
      for (const [a, b, order] of graph.bonds) {
        if (order < 2) continue;
        doubles[a]++;
        doubles[b]++;
      }
      expect(graph.bonds.every(([, , order]) => order === 1 || order === 2)).toBe(true);
      for (const [a, element] of graph.atomicNumbers.entries()) {
        const methyl = element === 6 && doubles[a] === 0 && ring.startsWith('C') && a === 0;
        if (element === 6 && !methyl) expect(doubles[a]).toBe(1);
        else expect(doubles[a]).toBeLessThanOrEqual(1);
      }
    }
  });

  it.each([
    ['charges', 'C[NH2+]CC(=O)[O-]', ['C', 'N H2 +', 'C', 'C', 'O', 'O -']],
    ['a nitro group, written with charges or without', 'CN(=O)=O', ['C', 'N +', 'O -', 'O']],
    ['an aromatic cation with a hydrogen', 'c1cc[nH+]cc1', ['C', 'C', 'C', 'N H1 +', 'C', 'C']],
    ['pyrrole, whose hydrogen does not count', 'c1cc[nH]c1', ['C', 'C', 'C', 'N', 'C']],
    ['needless brackets', '[CH3][CH2]O', ['C', 'C', 'O']],
    ['hydrogens written as atoms', '[H]/N=C/C([H])([H])[H]', ['N', 'C', 'C']],
    ['a hydrogen atom on a stereo centre', 'C[C@@]([H])(O)N', ['C', 'C H1', 'O', 'N']],
    ['isotopes', '[13CH4]', ['C']],
    ['deuterium', '[2H]C', ['C']],
    ['several fragments', 'C.O.CC', ['C', 'O', 'C', 'C']],
    ['phosphorus of valence 5 with a hydrogen', 'CP(=O)C', ['C', 'P H1', 'O', 'C']],
  ])('with %s has the types ZINC would give it', (_what, smiles, expected) => {
    expect(names(smiles)).toEqual(expected);
  });

  it.each([
    ['a chloride, which ZINC has not', 'C.[Cl-]', /type "Cl -" \(atom 2\), which is none/],
    ['an element ZINC has not', '[Fe]', /type "Fe" \(atom 1\), which is none/],
    ['an atom that is no element', '*C', /"\*" for atom 1/],
    ['an open ring', 'C1CC', /is no SMILES \(dangling ring closure: 1/],
    ['five bonds on a carbon', 'C(C)(C)(C)(C)C', /atom 1 \(C\) has 5 bonds/],
    ['an aromatic ring of five carbons', 'c1cccc1', /single and double bonds/],
    ['an aromatic nitrogen that lacks its hydrogen', 'c1ccnc1', /single and double bonds/],
    ['a quadruple bond', 'C$C', /neither single, double nor triple/],
    ['more characters than any molecule needs', 'C'.repeat(10_001), /longer than 10000 characters/],
    ['no heavy atom', '[H][H]', /no atoms but hydrogens/],
    ['a proton', '[H+]', /cannot be read|no atoms/],
    ['a hydrogen between two atoms', 'C[H]C', /exactly one other atom/],
  ])('with %s is refused in words', (_what, smiles, message) => {
    expect(parse(smiles)).toMatch(message);
  });

  it('is read or refused whatever its text', () => {
    const piece = fc.constantFrom(
      'C',
      'c1',
      'c',
      'n',
      '1',
      '2',
      '(',
      ')',
      '=',
      '#',
      '[nH]',
      '[O-]',
      '[H]',
      '[N+]',
      '.',
      'S',
      'P',
      '@',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const graph = parse(pieces.join(''));
        if (typeof graph === 'string') return;
        expect(graph.types).toHaveLength(graph.atomicNumbers.length);
        for (const [a, b, order] of graph.bonds) {
          expect(Math.max(a, b)).toBeLessThan(graph.types.length);
          expect([1, 2, 3]).toContain(order);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.skipIf(!sharedData)(
    'of ZINC has a type for each atom, and the types come in the order of their ids',
    () => {
      const file = join(sharedData ?? '', 'zinc', 'zinc_250k_subset_29445.csv.gz');
      const rows = gunzipSync(readFileSync(file)).toString().trim().split('\n').slice(1);
      const met = new Set<number>();
      const wrong: string[] = [];
      for (const row of rows) {
        const [, , smiles, heavyAtoms] = row.split(',');
        const graph = parse(smiles);
        if (typeof graph === 'string' || graph.types.length !== Number(heavyAtoms)) wrong.push(smiles);
        else for (const type of graph.types) met.add(type);
      }
      expect(wrong).toEqual([]);
      // The vocabulary was numbered as its types were first met in these molecules, which start the file.
      expect([...met]).toEqual([...Array(20).keys()]);
    },
  );
});
