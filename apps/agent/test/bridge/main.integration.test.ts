import { encodeWeights, initialiseParameters, resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import {
  buildGraphs,
  builtInDatasets,
  collate,
  findDataset,
  moleculeAt,
  splitMolecules,
  unpackMolecules,
} from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import {
  type BatchMolecule,
  datasetChoice,
  InputError,
  modelChoice,
  type ParityRequest,
} from '@litmatter/protocol';
import { Predictor } from '@litmatter/training';
import { describe, expect, it } from 'vitest';
import { Bridge } from '../../src/launchers/bridge.ts';
import { temporaryFolder } from '../support.ts';

const bridge = () => new Bridge({ dataFolder: temporaryFolder(), config: null });
const bundled = () => findDataset(builtInDatasets, 'bundled').load(dataFolderDatasets(temporaryFolder()), {});

describe('molecules for a page', () => {
  it('are those a run of the same choice takes, part by part', async () => {
    const choice = datasetChoice.parse({ name: 'bundled', limit: 50, split: { seed: 7 } });
    const { set, parts } = unpackMolecules(new Uint8Array(await bridge().molecules(choice)), 'It');
    const whole = await bundled();
    const { train, validation, test } = splitMolecules(whole.size, choice.split, 50);
    expect(parts).toEqual({ train: train.length, validation: validation.length, test: test.length });
    const wanted = [...train, ...validation, ...test].map((m) => moleculeAt(whole, m));
    expect(set.size).toBe(50);
    expect(wanted.map((_, m) => moleculeAt(set, m))).toEqual(wanted);
    expect(set.targets.dipole?.unit).toBe('D');
  });

  it('are refused in a sentence where there are none such', async () => {
    const unknown = bridge().molecules(datasetChoice.parse({ name: 'nowhere' }));
    await expect(unknown).rejects.toThrow(/no data set "nowhere"/);
    await expect(unknown).rejects.toThrow(InputError);
  });
});

describe('the parity check', () => {
  it('computes there what is computed here, for models of positions and of bonds', async () => {
    await startBackend('cpu');
    const whole = await bundled();
    const asked = bridge();
    for (const name of ['schnet', 'nnconv']) {
      const model = modelChoice.parse({ name, preset: 'small' });
      const resolved = resolveModel(model);
      const weights = {
        parameters: initialiseParameters(resolved.model.layout, 3),
        buffers: new Float32Array(),
      };
      const target = { name: 'dipole', unit: 'D', mean: 2, std: 1.5 };
      const card = {
        version: '0',
        model,
        dataset: { name: 'bundled' },
        target,
        epoch: 0,
        validationMae: null,
      };
      const places = [5, 900, 3_000];
      const batch = collate(whole, buildGraphs(whole, resolved.graph), places);
      const predictor = new Predictor(resolved.model, weights, target);
      const here = await predictor.predict(batch);
      predictor.dispose();
      const request: ParityRequest = {
        weights: Buffer.from(
          encodeWeights(resolved.model, weights, { ...card, dataset: datasetChoice.parse(card.dataset) }),
        ).toString('base64'),
        molecules: places.map((m) => {
          const { id, atomicNumbers, positions, bonds } = moleculeAt(whole, m);
          return JSON.parse(JSON.stringify({ id, atomicNumbers, positions, bonds })) as BatchMolecule;
        }),
      };
      const { predictions } = await asked.parity(request);
      const apart = predictions.map((value, k) => Math.abs(value - here[k]!));
      expect(apart).toHaveLength(3);
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }
  });

  it('refuses weights that are none, in a sentence', async () => {
    const molecules = [{ id: 'a', atomicNumbers: [6], bonds: [] }];
    const asked = bridge().parity({ weights: 'bm90IHdlaWdodHM=', molecules });
    await expect(asked).rejects.toThrow(InputError);
    await expect(asked).rejects.toThrow(/^The weights .*\.$/);
  });
});
