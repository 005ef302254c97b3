import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../src/cli/fit.ts';
import { pointsOfRows } from '../../src/cli/fit-rows.ts';
import { temporaryFolder } from '../support.ts';

const unknown = { samples: undefined, batchPerDevice: undefined };

function pointsOf(text: string, columns = {}) {
  const file = join(temporaryFolder(), 'points.csv');
  writeFileSync(file, text);
  return pointsOfRows(readCsv(file), file, unknown, columns).map(({ series, devices, repeat, seconds }) => [
    series,
    devices,
    repeat,
    seconds,
  ]);
}

const paper = [
  ['points', 2, 0, 9.9],
  ['points', 416, 0, 0.91],
];

describe('the points of a CSV', () => {
  it.each([
    ['our own names', 'devices,seconds\n2,9.9\n416,0.91\n'],
    ['a byte order mark, CRLF and blank lines', '\uFEFFdevices,seconds\r\n\r\n2,9.9\r\n416,0.91\r\n'],
    ['GPUs and time in seconds', 'model,GPUs,Time (s)\nSchNet,2,9.9\nSchNet,416,0.91\n'],
    ['the names of a Python script', 'num_gpus,epoch_time_s,loss\n2,9.9,1\n416,0.91,1\n'],
    ['n and t', 'n,t\n2,9.9\n416,0.91\n'],
    ['s/epoch', '# nodes,s/epoch\n2,9.9\n416,0.91\n'.replace('# ', '')],
    ['semicolons and decimal commas', 'Devices;Seconds per epoch\n2;9,9\n416;0,91\n'],
    ['tabs', 'world_size\twalltime\n2\t9.9\n416\t0.91\n'],
    ['milliseconds', 'ranks,epoch time [ms]\n2,9900\n416,910\n'],
    ['minutes', 'cores,mean_epoch_minutes\n2,0.165\n416,0.015166666666666667\n'],
    ['no header', '2,9.9\n416,0.91\n'],
    ['comments', '# measured on Tuesday\ndevices,seconds\n2,9.9\n416,0.91\n'],
  ])('are read with %s', (_, text) => {
    expect(pointsOf(text)).toEqual(
      paper.map(([series, n, k, t]) => [series, n, k, expect.closeTo(t as number, 9)]),
    );
  });

  it('take the columns that are asked for', () => {
    const text = 'gpus,cores,forward_s,total_s\n2,8,5,9.9\n416,1664,0.5,0.91\n';
    expect(pointsOf(text, { devices: 'gpus', seconds: 'total_s' })).toEqual(paper);
    expect(() => pointsOf(text)).toThrow(
      /several columns that may hold devices \("gpus", "cores"\).*--devices/,
    );
    expect(() => pointsOf(text, { devices: 'gpus', seconds: 'total' })).toThrow(
      /no column "total": its columns are "gpus"/,
    );
  });

  it('are refused by the names of the columns there are, where none tells', () => {
    expect(() => pointsOf('a,b\n1,2\n')).toThrow(
      /no column of devices: its columns are "a", "b"\. Say which/,
    );
  });

  it('keep series and repeats apart', () => {
    expect(pointsOf('series;GPUs;repeat;time\nA;1;0;3\nA;1;1;4\nB;1;0;5\n')).toEqual([
      ['A', 1, 0, 3],
      ['A', 1, 1, 4],
      ['B', 1, 0, 5],
    ]);
  });

  it('refuse what is no time by its line, in whatever column it stands', () => {
    expect(() => pointsOf('GPUs,time\n2,9.9\n4,fast\n')).toThrow(/line 3: seconds "fast" is not a number/);
    expect(() => pointsOf('GPUs,time_ms\n2,9.9\n4,fast\n')).toThrow(/line 3: seconds "fast" is not a number/);
  });
});
