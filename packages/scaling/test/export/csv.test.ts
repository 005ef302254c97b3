import { describe, expect, test } from 'vitest';
import { decodeTimes, pointsCsv, pointsOfTimes, scalingRows } from '../../src/index.ts';
import { points } from '../times.ts';

describe('points as CSV', () => {
  test('have a header with units, a line a run, and empty cells for what is not known', () => {
    const csv = pointsCsv(
      scalingRows(
        pointsOfTimes([
          { devices: 2, seconds: 8 },
          { devices: 4, seconds: 5 },
        ]),
      ),
    );
    expect(csv.split('\n')).toEqual([
      'series,run,protocol,devices,repeat,seconds,spread_seconds,epochs_counted,warm_up_only,oversubscribed,speedup,efficiency,device_seconds,steps,global_batch,padding,imbalance',
      'points,points-1,fixed-per-device-batch,2,0,8,,,false,false,1,1,16,,,,',
      'points,points-2,fixed-per-device-batch,4,0,5,,,false,false,1.6,0.8,20,,,,',
      '',
    ]);
  });

  test('are read back by the fit as they were', () => {
    const rows = scalingRows(points((n) => 0.1 + 1 / 3 / n, [1, 2, 3]));
    const [header, ...lines] = pointsCsv(rows).trimEnd().split('\n');
    const read = decodeTimes(
      lines.map((text, i) => {
        const cells = text.split(',');
        return {
          line: i + 2,
          record: Object.fromEntries(header.split(',').map((name, k) => [name, cells[k]])),
        };
      }),
      'again.csv',
    );
    expect(read.map(({ devices, seconds }) => [devices, seconds])).toEqual(
      rows.map(({ devices, seconds }) => [devices, seconds]),
    );
  });

  test('quote what needs it, and leave no formula to a spreadsheet', () => {
    const rows = scalingRows(pointsOfTimes([{ devices: 1, seconds: 1 }], { series: '=HYPERLINK("x"),y' }));
    expect(pointsCsv(rows).split('\n')[1]).toMatch(/^"'=HYPERLINK\(""x""\),y",/);
  });
});
