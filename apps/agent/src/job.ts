import { id, runSpec } from '@litmatter/protocol';
import { z } from 'zod';

/**
 * What a launcher writes as `job.json` into an attempt's folder and the rank program reads: the same file
 * whether the ranks are threads on a laptop or tasks under Slurm.
 */
export const rankJob = z.strictObject({
  run: id,
  attempt: z.number().int().positive(),
  spec: runSpec,
  /** Absolute folder of this attempt: job.json, spool.jsonl, rank.log, the trained weights. */
  folder: z.string().min(1),
  /** Absolute folder of checkpoints, which all attempts of the run share; in the attempt's own where it is left out. */
  checkpoints: z.string().min(1).optional(),
  /** Go on from the last good checkpoint; begin anew, and forget those there are, where it is left out. */
  resume: z.strictObject({ because: z.string().nullable() }).optional(),
  /** Whatever ends it, no attempt follows by itself: its place need not be kept. */
  last: z.literal(true).optional(),
  /** Absolute folder of downloaded and cached data sets. */
  dataFolder: z.string().min(1),
  /** litmatter.config.ts, absolute; null where there is none. */
  config: z.string().nullable(),
  /** Where the experiment's runs share an allocation: its folder, absolute, and its devices. */
  allocation: z.strictObject({ folder: z.string().min(1), devices: z.number().int().positive() }).optional(),
  /** Where rank 0 reports; the token is read from a file so that it is in no argument list or job file. */
  hub: z
    .strictObject({
      url: z.url(),
      tokenFile: z.string().min(1),
      /** The boot id of the hub's machine: elsewhere its loopback address is somebody else's, who must not get the token. */
      machine: z.string().optional(),
    })
    .nullable(),
});

export type RankJob = z.infer<typeof rankJob>;
export type SharedAllocation = NonNullable<RankJob['allocation']>;

/**
 * Exit codes of the rank program (CLI.md): 0 done, 1 failed, 2 bad input, 3 lacking, 75 lost a peer, 130 cancelled or
 * interrupted, its state saved.
 */
export const exitCode = {
  done: 0,
  failed: 1,
  badInput: 2,
  lacking: 3,
  lostPeer: 75,
  interrupted: 130,
} as const;
