import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsOf } from '../../../src/launchers/slurm/describe.ts';
import { expandHostlist } from '../../../src/launchers/slurm/hostlist.ts';
import { gpusIn, gpusOfTres, number, text, words } from '../../../src/launchers/slurm/values.ts';

describe('a value of any version', () => {
  it('that is a number is told plainly or with whether it is set; "not set" is unknown', () => {
    expect(number.parse(4)).toBe(4);
    expect(number.parse({ set: true, infinite: false, number: 4 })).toBe(4);
    for (const unset of [
      { set: false, infinite: false, number: 4 },
      { set: true, infinite: true, number: 0 },
      ...[4_294_967_294, 4_294_967_295, -2, null, undefined, 'four', [], Number.NaN],
    ]) {
      expect(number.parse(unset)).toBeUndefined();
    }
  });

  it('of any kind is refused nowhere', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const schema of [number, text, words]) expect(schema.safeParse(value).success).toBe(true);
      }),
    );
  });

  it('that names states is split into capital words without marks', () => {
    expect(words.parse('idle+drain')).toEqual(['IDLE', 'DRAIN']);
    expect(words.parse('down*')).toEqual(['DOWN']);
    expect(words.parse(['MIXED', 'PLANNED', 3])).toEqual(['MIXED', 'PLANNED']);
  });
});

it('GPUs are counted by type, whatever stands in parentheses', () => {
  expect([...gpusIn('tmp:7T,gpu:v100:3(IDX:0-1,3),gpu:a100_1g.5gb:7(S:0),gpu:2,gpu:h100')]).toEqual([
    ['v100', 3],
    ['a100_1g.5gb', 7],
    ['', 2],
    ['h100', 1],
  ]);
  expect([...gpusIn('gres:gpu:1')]).toEqual([['', 1]]);
  expect(gpusIn('(null)').size).toBe(0);
  expect(gpusIn(undefined).size).toBe(0);
  expect(gpusOfTres('cpu=4,gres/gpu=4,gres/gpu:v100=3,gres/gpu:a100=1')).toBe(4);
  expect(gpusOfTres('cpu=4,gres/gpu:v100=3,gres/gpu:a100=1')).toBe(4);
  expect(gpusOfTres('cpu=4,gres/shard=4')).toBeUndefined();
});

describe('a host list', () => {
  it('is expanded, zeros kept, brackets in any number', () => {
    expect(expandHostlist('n[1-3,7],login')).toEqual(['n1', 'n2', 'n3', 'n7', 'login']);
    expect(expandHostlist('r[0-1]n[08-10].big')).toEqual(
      ['r0n08', 'r0n09', 'r0n10', 'r1n08', 'r1n09', 'r1n10'].map((name) => `${name}.big`),
    );
    expect(expandHostlist('')).toEqual([]);
  });

  it('that is none stands for itself, and a boundless one has an end', () => {
    expect(expandHostlist('n[a-b]')).toEqual(['n[a-b]']);
    expect(expandHostlist('n[3')).toEqual(['n[3']);
    expect(expandHostlist('n[0-999999999]')).toHaveLength(100_000);
    fc.assert(fc.property(fc.string(), (list) => void expandHostlist(list)));
  });
});

it('time limits are seconds, or none', () => {
  expect(secondsOf('30:00')).toBe(1_800);
  expect(secondsOf('12:00:00')).toBe(43_200);
  expect(secondsOf('7-00:00:00')).toBe(604_800);
  expect(secondsOf('infinite')).toBeUndefined();
  expect(secondsOf('n/a')).toBeUndefined();
});
