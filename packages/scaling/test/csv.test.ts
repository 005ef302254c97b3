import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTimes } from '../src/index.ts';

const line = (number: number, record: unknown) => ({ line: number, record });

describe('reading points from a CSV file', () => {
  test('takes devices, seconds and repeat, and lets other columns be', () => {
    const rows = decodeTimes(
      [
        line(2, { devices: '2', seconds: '27', note: 'x' }),
        line(3, { devices: ' 416 ', seconds: '1.08e0', repeat: '1' }),
        line(4, { devices: '4', seconds: '.5', repeat: '' }),
      ],
      'POINTS.csv',
    );
    expect(rows).toEqual([
      { devices: 2, seconds: 27 },
      { devices: 416, seconds: 1.08, repeat: 1 },
      { devices: 4, seconds: 0.5, repeat: undefined },
    ]);
  });

  test.each([
    [{ devices: '2', seconds: 'fast' }, 'POINTS.csv, line 5: seconds "fast" is not a number.'],
    [{ devices: '2', seconds: '' }, 'POINTS.csv, line 5: seconds "" is not a number.'],
    [{ devices: '2', seconds: '0' }, 'POINTS.csv, line 5: seconds "0" must be more than 0.'],
    [{ devices: '2', seconds: '-3' }, 'POINTS.csv, line 5: seconds "-3" must be more than 0.'],
    [{ devices: '2', seconds: '1e999' }, 'POINTS.csv, line 5: seconds "1e999" is out of range.'],
    [
      { devices: '2.5', seconds: '3' },
      'POINTS.csv, line 5: devices "2.5" must be a whole number, 1 or more.',
    ],
    [{ devices: '0', seconds: '3' }, 'POINTS.csv, line 5: devices "0" must be a whole number, 1 or more.'],
    [{ devices: '0x10', seconds: '3' }, 'POINTS.csv, line 5: devices "0x10" is not a number.'],
    [{ devices: '2', seconds: '3', repeat: 'b' }, 'POINTS.csv, line 5: repeat "b" is not a number.'],
    [
      { devices: '2', seconds: '3', repeat: '-1' },
      'POINTS.csv, line 5: repeat "-1" must be a whole number, 0 or more.',
    ],
    [
      { n: '2', seconds: '3' },
      'POINTS.csv has no column "devices" (line 5): its header must name devices and seconds.',
    ],
  ])('refuses %j in a sentence that names the line', (record, sentence) => {
    expect(() => decodeTimes([line(5, record)], 'POINTS.csv')).toThrow(new InputError(sentence));
  });

  test('a file without rows is refused, and says what it should hold', () => {
    expect(() => decodeTimes([], 'POINTS.csv')).toThrow(/has no rows: give it a header "devices,seconds"/);
  });

  test('any row at all gives a row of good numbers or an InputError', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), fc.string(), (thing, devices, seconds) => {
        for (const record of [thing, { devices, seconds }, { devices: thing, seconds }]) {
          try {
            const [row] = decodeTimes([line(2, record)], 'f.csv');
            expect(Number.isInteger(row.devices) && row.devices >= 1).toBe(true);
            expect(row.seconds > 0 && Number.isFinite(row.seconds)).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
