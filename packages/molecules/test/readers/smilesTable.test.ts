import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  moleculeAt,
  moleculeId,
  readSmi,
  readSmilesCsv,
  readSmilesTexts,
  sourceOf,
} from '../../src/index.ts';
import { fileSource } from '../../src/node/index.ts';
import { damage } from '../mutate.ts';
import { sharedData } from '../shared.ts';
import { expectValidOrRefused } from '../valid.ts';

const csv = `id,SMILES,logP,gap [eV],comment,split
one,C[C@@H](O)N,0.5,1,fine,train
two,c1ccccc1,2.1,-3,"a, b",val
three,C[NH3+],-1,0,,test
`;

const read = async (text: string) => readSmilesCsv(sourceOf('m.csv', text));

describe('a table of SMILES', () => {
  it('becomes molecules with types, targets, units, names and a split', async () => {
    const { set, notes } = await read(csv);
    expect([...Array(3).keys()].map((m) => moleculeId(set, m))).toEqual(['one', 'two', 'three']);
    expect(Array.from(set.atomColumns.type)).toEqual([0, 4, 1, 2, ...Array(6).fill(0), 0, 10]);
    expect(set.positions).toBeNull();
    expect(set.targets).toEqual({
      logP: { unit: '', values: Float32Array.of(0.5, 2.1, -1) },
      gap: { unit: 'eV', values: Float32Array.of(1, -3, 0) },
    });
    expect(Array.from(set.parts ?? [])).toEqual([1, 2, 3]);
    expect(notes).toEqual(['The column "comment" is no target: line 2 has "fine".']);
    expect(moleculeAt(set, 2)).toMatchObject({ atomicNumbers: [6, 7], bonds: [[0, 1, 1]] });
  });

  it('names molecules by their SMILES where nothing else does', async () => {
    const { set } = await read('smiles\nCCO\n');
    expect(moleculeId(set, 0)).toBe('CCO');
    expect(set.parts).toBeUndefined();
  });

  it('without a column of SMILES is refused with the columns there are', async () => {
    await expect(read('a,b\n1,2\n')).rejects.toThrow(/m\.csv has no column "smiles"; it has a, b\. Name/);
  });

  it('is refused by the first bad line, with how many there are', async () => {
    await expect(read('smiles\nCC\nC(\n')).rejects.toThrow(
      'm.csv, line 3: "C(" leaves a branch open: a ")" is missing. Correct the file, or leave such molecules out.',
    );
    await expect(read('smiles\n[Fe]\nCC\nB\n')).rejects.toThrow(
      /line 2: "\[Fe\]" has an atom of the type "Fe".*So it is with 2 of 3 molecules\./,
    );
  });

  it('is read or refused, however it is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(damage, (harm) => expectValidOrRefused(read(harm(csv)).then(({ set }) => set))),
      { numRuns: 300 },
    );
  });

  it.skipIf(!sharedData)('of ZINC’s 12,000 has targets that are its columns, each normalised', async () => {
    const file = join(sharedData ?? '', 'zinc', 'zinc_250k_subset_29445.csv.gz');
    const { set } = await readSmilesCsv(fileSource(file));
    const { logP, SA, cycle, penalized_logP_normalized: y } = set.targets;
    expect([set.size, set.atomicNumbers.length]).toEqual([29_445, 680_935]);
    const z = (value: number, mean: number, std: number) => (value - mean) / std;
    let worst = 0;
    for (let m = 0; m < set.size; m++) {
      const sum =
        z(logP.values[m], 2.4570953396190123, 1.434324401111988) +
        z(-SA.values[m], -3.0525811293166134, 0.8335207024513095) +
        z(cycle.values[m], -0.0485696876403053, 0.2860212110245455);
      worst = Math.max(worst, Math.abs(sum - y.values[m]));
    }
    // The columns are written with five decimals.
    expect(worst).toBeLessThan(3e-5);
  });
});

describe('a .smi file', () => {
  it('has a SMILES on each line, and perhaps a name', async () => {
    const set = await readSmi(sourceOf('a.smi', 'CCO ethanol, dry\n\nC\n'));
    expect([moleculeId(set, 0), moleculeId(set, 1)]).toEqual(['ethanol, dry', 'C']);
    await expect(readSmi(sourceOf('a.smi', '\n \n'))).rejects.toThrow('a.smi holds no molecules.');
    await expect(readSmi(sourceOf('a.smi', 'C\nX\n'))).rejects.toThrow(/a\.smi, line 2: "X" cannot be read/);
  });
});

describe('the SMILES of a file', () => {
  it('are those of its molecules, in their order', async () => {
    const smi = sourceOf('a.smi', new TextEncoder().encode('CCO ethanol\n\nC#N\n'));
    expect(await readSmilesTexts(smi)).toEqual(['CCO', 'C#N']);
    expect((await readSmi(smi)).size).toBe(2);
    const csv = sourceOf('a.csv', new TextEncoder().encode('id,smiles,y\na,CO,1\nb,CC,2\n'));
    expect(await readSmilesTexts(csv)).toEqual(['CO', 'CC']);
  });

  it('are null where a file has none', async () => {
    expect(await readSmilesTexts(sourceOf('a.csv', new TextEncoder().encode('id,y\na,1\n')))).toBeNull();
    expect(await readSmilesTexts(sourceOf('a.xyz', new TextEncoder().encode('')))).toBeNull();
  });
});
