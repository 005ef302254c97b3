import { describe, expect, it } from 'vitest';
import { countSlots, hostsFor } from '../../src/launchers/mpirun.ts';

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
