import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EndedEvent,
  type EpochEvent,
  type ExperimentSpec,
  type ExperimentSpecInput,
  experimentSpec,
  type LogEvent,
  type StartedEvent,
} from '@litmatter/protocol';
import { onTestFinished } from 'vitest';

/** A folder of this test's own, gone when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function someSpec(change: Partial<ExperimentSpecInput> = {}): ExperimentSpec {
  return experimentSpec.parse({
    name: 'SchNet on the bundled molecules',
    models: [{ name: 'schnet' }],
    dataset: { name: 'bundled' },
    training: { epochs: 3 },
    devices: [1, 2],
    ...change,
  });
}

type Key = { run: string; attempt?: number; seq: number };

export function started(
  { run, attempt = 1, seq }: Key,
  ranks = 1,
  change: Partial<StartedEvent> = {},
): StartedEvent {
  return {
    type: 'started',
    run,
    attempt,
    seq,
    at: 1_000 + seq,
    devices: ranks,
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      rank,
      host: 'n1',
      device: `core ${rank}`,
      backend: 'cpu',
    })),
    collective: ranks === 1 ? 'single' : 'threads',
    parameters: 1_000,
    trainSamples: 800,
    validationSamples: 100,
    stepsPerEpoch: 25,
    oversubscribed: false,
    ...change,
  };
}

export function epoch(
  { run, attempt = 1, seq }: Key,
  number: number,
  ranks = 1,
  change: Partial<EpochEvent> = {},
): EpochEvent {
  return {
    type: 'epoch',
    run,
    attempt,
    seq,
    at: 2_000 + seq,
    devices: ranks,
    epoch: number,
    seconds: 1.25,
    validationSeconds: 0.1,
    steps: 25,
    samples: 800,
    padded: 0,
    trainLoss: 1 / number,
    validationMae: 2 / number,
    learningRate: 1e-3,
    imbalance: 1,
    ranks: Array.from({ length: ranks }, (_, rank) => ({
      rank,
      seconds: 1.25,
      data: 0.05,
      compute: 1,
      communication: 0.1,
      optimiser: 0.05,
      samples: Math.ceil(800 / ranks),
    })),
    ...change,
  };
}

export function log({ run, attempt = 1, seq }: Key, message: string): LogEvent {
  return { type: 'log', run, attempt, seq, at: 3_000 + seq, level: 'info', message };
}

export function ended({ run, attempt = 1, seq }: Key, change: Partial<EndedEvent> = {}): EndedEvent {
  return { type: 'ended', run, attempt, seq, at: 4_000 + seq, state: 'succeeded', testMae: 0.5, ...change };
}
