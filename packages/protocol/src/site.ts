import { z } from 'zod';
import { registryName } from './ids.ts';

/**
 * What a site's administrator or a person writes once, in litmatter.config.ts under `site`: how ranks are started
 * here. A spec's own `launcher` goes before.
 */

/** One line of a batch script: nothing in it can begin another. */
const line = z.string().regex(/^[^\r\n\0]*$/, 'must be one line');

/** A name as Slurm knows it: a partition, an account, a quality of service. */
export const slurmName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.+,@:-]{0,127}$/, 'must be a name of letters, digits and _ . + , @ : -');

/** As sbatch takes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes[:seconds]. */
export const slurmTime = z
  .string()
  .regex(
    /^(?:\d{1,5}-\d{1,2}(?::\d{1,2}){0,2}|\d{1,6}(?::\d{1,2}){0,2})$/,
    'must be a time as sbatch takes it, such as 90, 1:30:00 or 2-12:00:00',
  );

export const slurmSite = z.strictObject({
  partition: slurmName.optional(),
  account: slurmName.optional(),
  qos: slurmName.optional(),
  timeLimit: slurmTime.optional(),
  /** One GPU a rank. */
  gpus: z.boolean().default(false),
  /** srun's --mpi: pmix for Open MPI, pmi2 for MPICH and its relatives. */
  mpi: z
    .string()
    .regex(/^[a-z0-9_]{1,32}$/, 'must be one of those that "srun --mpi=list" names')
    .default('pmix'),
  /** Further #SBATCH lines: "--constraint=v100", "--mem-per-cpu=4G". */
  directives: z
    .array(
      line.regex(/^--[a-z][a-z-]*(?:[= ].*)?$/, 'must be a long option of sbatch, such as --constraint=v100'),
    )
    .default([]),
  /** Lines of the script before srun: "module load openmpi". */
  setup: z.array(line).default([]),
  /** Devices of this hub's jobs in the queue and at work at once. */
  devicesInFlight: z.number().int().positive().default(1_024),
});

export const mpirunSite = z.strictObject({
  /** Another mpirun than the first on the PATH. */
  program: line.min(1).optional(),
  hostsFile: line.min(1).optional(),
  /** Further words for mpirun, before the program: ["--mca", "btl_tcp_if_include", "ib0"]. */
  words: z.array(line).default([]),
});

export const siteConfig = z.strictObject({
  slurm: slurmSite.prefault({}),
  mpirun: mpirunSite.prefault({}),
  /** By data set: a folder by http(s) that has its official files under their names, to download them from. */
  mirrors: z
    .record(
      registryName,
      z.url({
        protocol: /^https?$/,
        error: 'must be the address of a folder, such as https://mirror.example/qm9/',
      }),
    )
    .default({}),
});

export type SlurmSite = z.infer<typeof slurmSite>;
export type MpirunSite = z.infer<typeof mpirunSite>;
export type SiteConfig = z.infer<typeof siteConfig>;
/** As written: everything may be left out. */
export type SiteConfigInput = z.input<typeof siteConfig>;
