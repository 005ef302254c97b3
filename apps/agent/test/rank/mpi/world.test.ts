import { describe, expect, it } from 'vitest';
import { checkWorld, gpuOf, hasOwnGpu, isOfHydra, isOfPrrte, worldOf } from '../../../src/rank/mpi/world.ts';

const slurm = { SLURM_STEP_ID: '0', SLURM_PROCID: '2', SLURM_NTASKS: '4', SLURM_LOCALID: '1' };
const openMpi = { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '3', OMPI_COMM_WORLD_LOCAL_RANK: '1' };

describe("a process's place among the ranks", () => {
  it('is what its starter says: mpirun of Open MPI, mpirun of MPICH, srun', () => {
    expect(worldOf(openMpi)).toEqual({ startedBy: 'mpirun', rank: 1, size: 3, localRank: 1 });
    expect(worldOf({ PMI_RANK: '0', PMI_SIZE: '2', MPI_LOCALRANKID: '0' })).toMatchObject({
      rank: 0,
      size: 2,
    });
    expect(worldOf(slurm)).toEqual({ startedBy: 'srun', rank: 2, size: 4, localRank: 1 });
    expect(worldOf({})).toBeUndefined();
  });

  it("is mpirun's where mpirun runs inside of a Slurm allocation", () => {
    expect(worldOf({ ...slurm, ...openMpi })).toMatchObject({ startedBy: 'mpirun', rank: 1, size: 3 });
  });

  it("is MPICH's mpirun's where its helpers are a step of Slurm's, and srun's where srun speaks pmi2", () => {
    const pmi = { ...slurm, PMI_RANK: '3', PMI_SIZE: '8' };
    expect(worldOf({ ...pmi, MPI_LOCALRANKID: '1' })).toEqual({
      startedBy: 'mpirun',
      rank: 3,
      size: 8,
      localRank: 1,
    });
    expect(worldOf(pmi)).toMatchObject({ startedBy: 'srun', rank: 2, size: 4 });
    expect([isOfHydra(pmi), isOfHydra({ ...pmi, MPI_LOCALRANKID: '1' })]).toEqual([false, true]);
  });

  it("is of Open MPI 5's mpirun where PRRTE has launched it, which ends the others sooner than Open MPI 4's", () => {
    expect([isOfPrrte({ ...openMpi, PRTE_LAUNCHED: '1' }), isOfPrrte(openMpi)]).toEqual([true, false]);
    // A step of Slurm's that a rank of mpirun's has started.
    expect(isOfPrrte({ ...slurm, PRTE_LAUNCHED: '1' })).toBe(false);
  });

  it('is none in a batch script, which is no rank', () => {
    expect(worldOf({ SLURM_PROCID: '0', SLURM_NTASKS: '4' })).toBeUndefined();
  });

  it("is that of the step where it is smaller than the job's", () => {
    expect(worldOf({ ...slurm, SLURM_STEP_NUM_TASKS: '3' })).toMatchObject({ rank: 2, size: 3 });
  });

  it.each([
    ['a rank beyond the size', { ...openMpi, OMPI_COMM_WORLD_RANK: '3' }],
    ['no number', { ...openMpi, OMPI_COMM_WORLD_SIZE: 'many' }],
  ])('is none by %s', (_, env) => {
    expect(worldOf(env)).toBeUndefined();
  });
});

describe('a world that MPI does not see', () => {
  const library = { family: 'MPICH', version: 'MPICH Version: 4.0.2', file: 'libmpich.so.12' } as const;

  it('is refused with the pairing that is wrong and the one that is right', () => {
    const world = worldOf(slurm)!;
    expect(() => checkWorld(world, { rank: 0, size: 1 }, library, { SLURM_MPI_TYPE: 'pmix' })).toThrow(
      /^srun --mpi=pmix started 4 ranks, but MPICH \(.*\) sees rank 0 of 1: .* MPICH "srun --mpi=pmi2"/,
    );
    expect(() => checkWorld(worldOf(openMpi)!, { rank: 0, size: 1 }, library, {})).toThrow(
      /^mpirun started 3 ranks.*take mpirun and library from the same MPI/,
    );
    expect(() => checkWorld(world, { rank: 2, size: 4 }, library, {})).not.toThrow();
  });
});

describe('the GPU of a rank', () => {
  const at = (localRank: number) => ({ startedBy: 'mpirun', rank: 5, size: 8, localRank }) as const;

  it("is its local rank's among those of the host", () => {
    expect(gpuOf(at(1), {}, ['0', '1'])).toEqual({ visible: '1', shared: false });
    expect(gpuOf(at(1), { CUDA_VISIBLE_DEVICES: '3,GPU-7' }, ['0', '1'])).toEqual({
      visible: 'GPU-7',
      shared: false,
    });
  });

  it('is shared where there are more ranks than GPUs, and that is told', () => {
    expect(gpuOf(at(3), {}, ['0', '1'])).toEqual({ visible: '1', shared: true });
  });

  it("is Slurm's to choose under --gpus-per-task, and nobody's where there is none", () => {
    expect(gpuOf(at(1), { SLURM_STEP_ID: '0', CUDA_VISIBLE_DEVICES: '0' }, ['0', '1'])).toBeUndefined();
    expect(hasOwnGpu({ SLURM_STEP_ID: '0', CUDA_VISIBLE_DEVICES: '0' })).toBe(true);
    for (const env of [{ CUDA_VISIBLE_DEVICES: '0' }, { SLURM_STEP_ID: '0', CUDA_VISIBLE_DEVICES: '0,1' }]) {
      expect(hasOwnGpu(env)).toBe(false);
    }
    expect(gpuOf(at(0), {}, [])).toBeUndefined();
    expect(gpuOf(at(0), { CUDA_VISIBLE_DEVICES: '' }, ['0'])).toBeUndefined();
  });
});
