import { join } from 'node:path';
import type { EpochEvent, ExperimentSpec, ExperimentSpecInput, RunView } from '@litmatter/protocol';
import { onTestFinished } from 'vitest';
import { attemptFolder } from '../../src/folders.ts';
import { type Hub, startHub } from '../../src/hub/hub.ts';
import type { Launcher } from '../../src/launchers/launcher.ts';
import { readSpool } from '../../src/rank/spool.ts';
import { until } from '../programs.ts';
import { someSpec, temporaryFolder } from '../support.ts';

/** Runs to do harm to, on a real hub with real launchers. */

/** Twelve quick epochs of four ranks on 24 molecules. */
export const spec = (change: Partial<ExperimentSpecInput> = {}): ExperimentSpec =>
  someSpec({
    models: [{ name: 'schnet', options: { hiddenChannels: 16, numFilters: 16 } }],
    dataset: { name: 'bundled', limit: 24 },
    training: { epochs: 12, batchPerDevice: 2 },
    devices: [4],
    backend: 'wasm',
    ...change,
  });

/** A hub in this process; its runs end with the test. */
export async function hubWith(launchers: readonly Launcher[]): Promise<Hub> {
  const hub = await startHub({ dataFolder: temporaryFolder(), port: 0, launchers });
  onTestFinished(async () => {
    for (const { id } of hub.store.summaries()) await hub.scheduler.cancelExperiment(id);
    await until(
      () => hub.scheduler.idle,
      (idle) => idle,
    );
    await hub.close();
  });
  return hub;
}

/** What must not differ between a run that was interrupted and one that was not. */
export const numbersOf = (epochs: readonly EpochEvent[]) =>
  epochs.map(({ epoch, trainLoss, validationMae, learningRate }) => ({
    epoch,
    trainLoss,
    validationMae,
    learningRate,
  }));

/** A run that has measured some epochs. */
export async function begun(hub: Hub, given: ExperimentSpec, epochs = 2) {
  const { id } = await hub.submit(given);
  const run = `${id}.0`;
  const view = () => hub.store.run(run)!;
  const attempts = () => hub.store.attempts(run);
  const untilView = (holds: (now: RunView) => boolean, seconds = 90) => until(view, holds, seconds);
  await until(
    () => hub.store.snapshot(id)!.epochs.length,
    (count) => count >= epochs,
  );
  return {
    run,
    jobFile: (attempt = 1) => join(attemptFolder(hub.dataFolder, run, attempt), 'job.json'),
    /** Until an attempt has gone on from a checkpoint and has added an epoch to it. */
    untilResumed: (number: number) =>
      until(
        () => ({ attempts: attempts(), epochs: hub.store.snapshot(id)!.epochs, view: view() }),
        ({ attempts: all, epochs: made }) =>
          (all[number - 1]?.resumedAfter ?? 0) > 0 && made.at(-1)!.attempt === number,
        90,
      ),
    untilEnded: async () => {
      const ended = await untilView(({ endedAt }) => endedAt !== null);
      return { ...ended, attempts: attempts() };
    },
    attempts,
    numbers: () => numbersOf(hub.store.snapshot(id)!.epochs),
    /** Where an attempt's ranks were. */
    hosts: (attempt: number) => {
      const spool = join(attemptFolder(hub.dataFolder, run, attempt), 'spool.jsonl');
      const started = readSpool(spool).find((event) => event.type === 'started');
      return started?.ranks.map(({ host }) => host) ?? [];
    },
    /** What the ranks told of an attempt. */
    said: (attempt: number) => hub.store.logLines(run, attempt, 100).map(({ message }) => message),
    reference: (attempt: number) => hub.store.reference(run, attempt),
  };
}
