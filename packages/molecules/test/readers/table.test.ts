import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idColumn, nameAndUnit, numberColumns, readTable, sourceOf } from '../../src/index.ts';

const tableOf = (text: string) => readTable(sourceOf('t.csv', text));

describe('a column’s name', () => {
  it.each([
    ['gap [eV]', 'gap', 'eV'],
    ['mu (D)', 'mu', 'D'],
    ['HOMO-LUMO gap (kcal/mol)', 'HOMO-LUMO_gap', 'kcal/mol'],
    ['logP', 'logP', ''],
    ['a%b', 'a_b', ''],
    ['[eV]', 'eV', ''],
    ['__proto__', 'proto', ''],
    ['%', '', ''],
  ])('%j is the name %j and the unit %j', (text, name, unit) => {
    expect(nameAndUnit(text)).toEqual({ name, unit });
  });

  it('is a registry’s name, or nothing, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(nameAndUnit(text).name).toMatch(/^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/);
      }),
    );
  });
});

describe('the columns of a table', () => {
  it('that are numbers in every row are targets; of the others is said why not', async () => {
    const table = await tableOf('Name,index,,a [eV],b,c\nx,0,0,1.5,2,3\ny,1,1,-2e3,,4\n');
    const { targets, notes } = numberColumns(table, [idColumn(table)]);
    expect(targets).toEqual([
      { name: 'a', unit: 'eV', values: Float64Array.of(1.5, -2000) },
      { name: 'c', unit: '', values: Float64Array.of(3, 4) },
    ]);
    expect(notes).toEqual(['The column "b" is no target: line 3 has "".']);
  });

  it('are no targets where a number does not fit float32', async () => {
    const { targets, notes } = numberColumns(await tableOf('a\n1e39\n'), []);
    expect([targets, notes.length]).toEqual([[], 1]);
  });

  it('of one name are refused', async () => {
    const table = await tableOf('a (eV),a [D]\n1,2\n');
    expect(() => numberColumns(table, [])).toThrow(/t\.csv, line 1: two columns are called "a"/);
  });
});

describe('a table', () => {
  it('without rows is refused', async () => {
    await expect(tableOf('a,b\n')).rejects.toThrow('t.csv has a header and no rows. Choose another file.');
  });
});
