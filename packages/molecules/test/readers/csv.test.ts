import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachCsvRow } from '../../src/index.ts';

function table(text: string) {
  let header: readonly string[] = [];
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  eachCsvRow(
    'table.csv',
    text,
    (columns) => {
      header = columns;
    },
    (fields, line) => {
      rows.push(fields);
      lines.push(line);
    },
  );
  return { header, rows, lines };
}

describe('the CSV walk', () => {
  it('gives header and rows with their line numbers, past blank lines and a byte order mark', () => {
    expect(table('\uFEFFa, b\r\n1,2\r\n\r\n3,"x,y"\r\n')).toEqual({
      header: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3', 'x,y'],
      ],
      lines: [2, 4],
    });
  });

  it('gives back any fields that were quoted', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', ' ', '1') });
    fc.assert(
      fc.property(fc.array(fc.tuple(field, field), { minLength: 1 }), (rows) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = ['a,b', ...rows.map((row) => row.map(quote).join(','))].join('\n');
        expect(table(text).rows).toEqual(rows);
      }),
    );
  });

  it('refuses a row of another width, a quote that never ends and an empty file', () => {
    expect(() => table('a,b\n1,2\n3\n')).toThrow(/table\.csv, line 3 has 1 fields where the header has 2/);
    expect(() => table('a,b\n1,"2\n')).toThrow(/table\.csv, line 2: /);
    expect(() => table('')).toThrow('table.csv is empty');
    expect(() => table('\n\n')).toThrow('table.csv is empty');
  });
});
