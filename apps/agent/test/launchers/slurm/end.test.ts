import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSpec } from '@litmatter/protocol';
import { expect, it } from 'vitest';
import type { RankJob } from '../../../src/job.ts';
import { endOf } from '../../../src/launchers/slurm/end.ts';
import { decodeQueue } from '../../../src/launchers/slurm/queue.ts';
import { temporaryFolder } from '../../support.ts';

/** A job whose ranks have written this. */
function jobThatSaid(log: string): RankJob {
  const folder = join(temporaryFolder(), '1');
  mkdirSync(folder);
  writeFileSync(join(folder, 'rank.log'), log);
  const spec = runSpec.parse({
    model: { name: 'schnet' },
    dataset: { name: 'bundled', limit: 96 },
    training: { epochs: 1, batchPerDevice: 8 },
    devices: 4,
    repeat: 0,
    launcher: { name: 'slurm' },
    backend: 'wasm',
  });
  return { run: 'x.0', attempt: 1, spec, folder, dataFolder: folder, config: null, hub: null };
}

const [failed] = decodeQueue(
  JSON.stringify({ jobs: [{ job_id: 6, job_state: ['NODE_FAIL'], nodes: 'n[1-4]', exit_code: 0 }] }),
);

it('of several nodes of which one failed, the one that a rank has lost is told', () => {
  const lost =
    '2026-11-29T01:21:57.246Z rank 0: lost: rank 2 on n3 is gone: its process ended without a word.\n';
  expect(endOf(jobThatSaid(lost), failed)).toMatchObject({
    cause: 'rank 2 on n3 is gone: its process ended without a word.',
    fault: 'passing',
  });
  expect(endOf(jobThatSaid(''), failed).cause).toBe('a node of the job failed (n[1-4]): Slurm ended it.');
  // The death of a process says nothing of its node.
  expect(endOf(jobThatSaid('srun: error: n3: task 2: Killed\n'), failed).cause).toMatch(/^a node of the job/);
});
