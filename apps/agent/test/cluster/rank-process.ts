import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Ranks that are processes, as tests look for them. */

export const hasMpirun = spawnSync('mpirun', ['--version'], { stdio: 'ignore' }).status === 0;

/** The process of a rank: the one that has the job file as an argument and the rank in its environment. */
export function rankProcess(jobFile: string, rank: number): number | undefined {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const has = (file: string, word: string) =>
        readFileSync(`/proc/${name}/${file}`, 'utf8').split('\0').includes(word);
      if (!has('cmdline', jobFile) || !readlinkSync(`/proc/${name}/exe`).endsWith('/node')) continue;
      if (
        has('environ', `OMPI_COMM_WORLD_RANK=${rank}`) ||
        has('environ', `PMI_RANK=${rank}`) ||
        has('environ', `SLURM_PROCID=${rank}`)
      )
        return Number(name);
    } catch {
      // It ended meanwhile.
    }
  }
  return undefined;
}
