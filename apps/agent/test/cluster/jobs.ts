import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EndedEvent, type EpochEvent, type RunEvent, runSpec } from '@litmatter/protocol';
import { deserialiseState, type TrainingState } from '@litmatter/training';
import { onTestFinished } from 'vitest';
import { endSentence } from '../../src/hub/scheduler.ts';
import type { RankJob } from '../../src/job.ts';
import type { LaunchEnd } from '../../src/launchers/launcher.ts';
import { markerOf } from '../../src/launchers/mpirun.ts';
import { findAllByArgument } from '../../src/launchers/processes.ts';
import { readSpool } from '../../src/rank/spool.ts';
import { until } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

/** Small jobs for real ranks, and what they leave. */

export interface Wanted {
  readonly devices: number;
  readonly epochs: number;
  readonly batch?: number;
  readonly limit?: number;
  readonly launcher: { readonly name: string; readonly [option: string]: unknown };
}

/** A job in a folder whose name is meant for shells to trip over. None of its ranks outlives the test. */
export function makeJob({ devices, epochs, batch = 8, limit = 96, launcher }: Wanted): RankJob {
  const folder = temporaryFolder();
  const job: RankJob = {
    run: `x.${devices}`,
    attempt: 1,
    spec: runSpec.parse({
      model: { name: 'schnet' },
      dataset: { name: 'bundled', limit },
      training: { epochs, batchPerDevice: batch },
      devices,
      repeat: 0,
      launcher,
      backend: 'wasm',
    }),
    folder: join(folder, `it's; $(touch pwned) \`x\` & | "q" %j \\b`),
    dataFolder: join(folder, 'data'),
    config: null,
    hub: null,
  };
  onTestFinished(() => {
    for (const marker of [jobFile(job), markerOf(job)]) {
      for (const pid of findAllByArgument(marker)) process.kill(pid, 'SIGKILL');
    }
  });
  return job;
}

export const jobFile = (job: RankJob): string => join(job.folder, 'job.json');

export const spoolOf = (job: RankJob): RunEvent[] =>
  existsSync(join(job.folder, 'spool.jsonl')) ? readSpool(join(job.folder, 'spool.jsonl')) : [];

export const epochsOf = (job: RankJob): EpochEvent[] =>
  spoolOf(job).filter((event): event is EpochEvent => event.type === 'epoch');

export const endOf = (job: RankJob): EndedEvent | undefined =>
  spoolOf(job).find((event): event is EndedEvent => event.type === 'ended');

export const logOf = (job: RankJob): string => readFileSync(join(job.folder, 'rank.log'), 'utf8');

export const stateOf = (job: RankJob): TrainingState =>
  deserialiseState(readFileSync(join(job.folder, 'state.bin')), 'state.bin');

export const untilEpochs = (job: RankJob, count: number): Promise<number> =>
  until(
    () => epochsOf(job).length,
    (n) => n >= count,
    90,
  );

/** What a hub would say of the end. */
export function sentenceOf(job: RankJob, end: LaunchEnd): string {
  const said = endOf(job);
  return said ? `${said.state}: ${said.reason ?? ''}` : `failed: ${endSentence(end)}`;
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
