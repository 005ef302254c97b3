import { resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import { buildGraphs, bundled, splitMolecules } from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import { training } from '@litmatter/protocol';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { SingleCollective } from '../src/collective/single.ts';
import { train } from '../src/train.ts';

it('SchNet on the wasm backend learns the atomisation energy of real molecules and leaves no tensor behind', async () => {
  const place = { host: 'here', ...(await startBackend('wasm')) };
  const { model, graph } = resolveModel({ name: 'schnet', preset: 'small', options: {} });
  const set = await bundled.load(dataFolderDatasets('no folder is needed'), {});
  const split = splitMolecules(set.size, { train: 0.8, validation: 0.1, test: 0.1, seed: 42 }, 200);
  const before = memory().numTensors;
  const tensors: number[] = [];
  const errors: number[] = [];
  const { testMae } = await train({
    model,
    data: { set, graphs: buildGraphs(set, graph), split, target: 'atomisation' },
    spec: training.parse({ epochs: 8, batchPerDevice: 16 }),
    collective: new SingleCollective(),
    place: { host: place.host, device: place.device, backend: place.name },
    oversubscribed: false,
    report: (body) => {
      if (body.type !== 'epoch') return;
      tensors.push(memory().numTensors);
      errors.push(body.validationMae!);
    },
    shouldStop: () => false,
  });
  expect(new Set(tensors).size).toBe(1);
  expect(memory().numTensors).toBe(before);
  expect(errors.at(-1)).toBeLessThan(0.3 * errors[0]);
  expect(testMae).toBeLessThan(0.5 * errors[0]);
});
