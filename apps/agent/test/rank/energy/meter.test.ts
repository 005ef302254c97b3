import { resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import { type RunEventBody, runSpec } from '@litmatter/protocol';
import { SingleCollective, train } from '@litmatter/training';
import { expect, it } from 'vitest';
import { loadRegistry } from '../../../src/config.ts';
import { openMeter } from '../../../src/rank/energy/meter.ts';
import { prepareData } from '../../../src/rank/prepare.ts';
import { temporaryFolder } from '../../support.ts';
import { fakeSmi } from './fake-smi.ts';

async function epochsOn(device: string) {
  const spec = runSpec.parse({
    model: { name: 'schnet', preset: 'small', options: { hiddenChannels: 8, numFilters: 8 } },
    dataset: { name: 'bundled', limit: 40 },
    training: { epochs: 2, batchPerDevice: 8 },
    ...{ devices: 1, repeat: 0, launcher: {}, backend: 'wasm' },
  });
  const registry = await loadRegistry(null);
  await startBackend('wasm');
  const bodies: RunEventBody[] = [];
  const energy = openMeter(device);
  await train({
    model: resolveModel(spec.model, registry.models).model,
    data: await prepareData(spec, registry, temporaryFolder()),
    ...{ spec: spec.training, collective: new SingleCollective(), oversubscribed: false, warmUpSeconds: 0 },
    place: { host: 'n1', device, backend: 'wasm' },
    energy,
    report: (body) => bodies.push(body),
    shouldStop: () => false,
  }).finally(() => energy.close());
  return bodies.filter((body) => body.type === 'epoch');
}

// A machine that stands still for seconds has no sample to tell of, and the record then tells nothing, rightly.
const again = { retry: 2 };

it(
  "a rank on a GPU records that one's energy in each epoch: its power over the epoch's time",
  again,
  async () => {
    fakeSmi('200.00');
    const before = process.env.CUDA_VISIBLE_DEVICES;
    process.env.CUDA_VISIBLE_DEVICES = '1';
    try {
      const epochs = await epochsOn('a GPU that a test makes up');
      expect(epochs).toHaveLength(2);
      for (const { joules, seconds, ranks } of epochs) {
        expect(joules!.gpu).toBeGreaterThan(0);
        expect(ranks[0]!.joules!.gpu).toBe(joules!.gpu);
        // The meter is read just before the epoch's clock starts and just after it stops.
        expect(joules!.gpu! / 200).toBeGreaterThan(0.9 * seconds);
      }
    } finally {
      if (before === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
      else process.env.CUDA_VISIBLE_DEVICES = before;
    }
  },
);

it('a rank on a core is put down to no GPU, whatever nvidia-smi shows', async () => {
  fakeSmi('200.00');
  for (const { joules, ranks } of await epochsOn('core 1')) {
    expect(joules?.gpu).toBeUndefined();
    expect(ranks[0]!.joules?.gpu).toBeUndefined();
  }
});
