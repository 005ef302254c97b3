import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import { type RunEventBody, runSpec } from '@litmatter/protocol';
import { Pulse, pulseMemory, SingleCollective, serialiseState } from '@litmatter/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../src/config.ts';
import type { RankJob } from '../../src/job.ts';
import { trainKept } from '../../src/rank/keep.ts';
import { prepareData } from '../../src/rank/prepare.ts';
import { temporaryFolder } from '../support.ts';

beforeAll(() => startBackend('cpu'));

/** A run of some epochs on 16 molecules; `attempt` trains in the folder that all of them share. */
async function setUp(epochs: number, checkpoints = {}, clock?: () => number) {
  const folder = temporaryFolder();
  const spec = runSpec.parse({
    model: { name: 'schnet', options: { hiddenChannels: 4, numFilters: 4, numInteractions: 1 } },
    dataset: { name: 'bundled', limit: 16 },
    training: { epochs, batchPerDevice: 8, checkpoints },
    ...{ devices: 1, repeat: 0, launcher: {}, backend: 'cpu' },
  });
  const registry = await loadRegistry(null);
  const { model } = resolveModel(spec.model, registry.models);
  const data = await prepareData(spec, registry, join(folder, 'data'));
  const store = join(folder, 'checkpoints');
  const attempt = async (change: Partial<RankJob> = {}, shouldStop = () => false) => {
    const job: RankJob = {
      ...{ run: 'x.0', attempt: 1, spec, folder, checkpoints: store, dataFolder: folder },
      ...{ config: null, hub: null },
      ...change,
    };
    const said: RunEventBody[] = [];
    const result = await trainKept({
      ...{ job, registry, model, data, shouldStop, warmUpSeconds: 0, oversubscribed: false },
      collective: new SingleCollective(),
      pulse: new Pulse(pulseMemory(1), 0),
      place: { host: 'here', device: 'core 1', backend: 'cpu' },
      report: (body) => said.push(body),
      ...(clock && { clock }),
    });
    return {
      bytes: serialiseState(result.state),
      logs: said.flatMap((body) => (body.type === 'log' ? [body.message] : [])),
      epochs: said.flatMap((body) => (body.type === 'epoch' ? [body.epoch] : [])),
    };
  };
  return { attempt, store };
}

const manifests = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.json'));
const because = 'rank 2 on n3 was killed (signal 9).';

describe('training with checkpoints', () => {
  it('goes on from the last one, bit for bit; from the one before where it is broken, and says so', async () => {
    const { attempt, store } = await setUp(5, {}, () => 0);
    const whole = await attempt();
    expect(manifests(store)).toEqual(['epoch-3.json', 'epoch-4.json', 'epoch-5.json']);
    writeFileSync(join(store, 'epoch-5.state'), 'half of it');
    const resumed = await attempt({ attempt: 2, resume: { because } });
    expect(resumed.logs).toEqual([
      expect.stringMatching(/^The checkpoint after epoch 5 is broken: epoch-5\.state has 10 of \d+ bytes\.$/),
      `Attempt 2 resumes after epoch 4: ${because}`,
    ]);
    expect(resumed.epochs).toEqual([5]);
    expect(resumed.bytes).toEqual(whole.bytes);
  });

  it('begins anew where it is not told to go on, and where there is nothing to go on from', async () => {
    const { attempt, store } = await setUp(2, {}, () => 0);
    const first = await attempt({ attempt: 2, resume: { because: null } });
    expect(first.logs).toEqual(['Attempt 2 begins anew, there being no checkpoint to go on from.']);
    expect(first.epochs).toEqual([1, 2]);
    const again = await attempt({ attempt: 3 });
    expect(again).toMatchObject({ epochs: [1, 2], logs: [], bytes: first.bytes });
    expect(manifests(store)).toHaveLength(2);
  });

  it('gives them a twentieth of its time at most, and every one that is asked for', async () => {
    // By this clock an epoch takes 30 s, writing 3: it has to be earned by two epochs.
    let [time, writing] = [0, 0];
    const clock = () => {
      writing = (writing + 1) % 3;
      time += writing === 1 ? 30 : writing === 2 ? 0 : 3;
      return time;
    };
    const slow = await setUp(9, { keep: 100 }, clock);
    await slow.attempt();
    expect(manifests(slow.store).length).toBeLessThan(9);
    const third = await setUp(7, { every: 3, keep: 100 }, () => 0);
    await third.attempt();
    // And the last state of all.
    expect(manifests(third.store)).toEqual(['epoch-3.json', 'epoch-6.json', 'epoch-7.json']);
  });

  it('keeps the last whole epoch when it is stopped in the middle of one', async () => {
    const { attempt, store } = await setUp(50, { every: 40 }, () => 0);
    let looks = 0;
    const stopped = await attempt({}, () => ++looks > 20);
    expect(stopped.epochs.length).toBeGreaterThan(1);
    expect(manifests(store)).toEqual([`epoch-${stopped.epochs.at(-1)}.json`]);
  });

  it('is not ended by a folder that cannot be written: it says so once', async () => {
    const { attempt, store } = await setUp(3, {}, () => 0);
    writeFileSync(store, 'a file');
    const { epochs, logs } = await attempt();
    expect(epochs).toEqual([1, 2, 3]);
    expect(logs).toEqual([
      expect.stringMatching(/^The checkpoint after epoch 1 could not be written .*Training goes on\.$/),
    ]);
  });
});
