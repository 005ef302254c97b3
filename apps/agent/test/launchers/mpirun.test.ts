import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSlots, hostsFor, markerOf } from '../../src/launchers/mpirun.ts';

const forOpenMpi = '# two of them\nn1 slots=4 max_slots=8\n\nn2  slots = 2 # half\nn3\n';
const forMpich = '# two of them\nn1:4\n\nn2:2 # half\nn3\n';

describe('a hosts file', () => {
  it('is put in the words of the mpirun that reads it, whichever it was written for', () => {
    expect(hostsFor('MPICH', forOpenMpi)).toBe(forMpich);
    expect(hostsFor('Open MPI', forMpich)).toBe('# two of them\nn1 slots=4\n\nn2 slots=2 # half\nn3\n');
  });

  it('is left alone where it suits already', () => {
    expect(hostsFor('MPICH', forMpich)).toBe(forMpich);
    expect(hostsFor('Open MPI', forOpenMpi)).toBe(forOpenMpi);
  });

  it('has the same slots in both', () => {
    expect([countSlots(forOpenMpi), countSlots(forMpich)]).toEqual([7, 7]);
  });
});

describe('what an attempt is found again by', () => {
  it('is a word that no shell takes for more, whatever the folder’s name, and no other attempt’s', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(markerOf({ folder: one })).toMatch(/^job-[0-9a-f]{32}$/);
        expect(markerOf({ folder: one }) === markerOf({ folder: other })).toBe(one === other);
      }),
    );
  });
});
