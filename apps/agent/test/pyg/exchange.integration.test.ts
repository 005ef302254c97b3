import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  builtInModels,
  encodeWeights,
  initialiseParameters,
  readWeights,
  startBuffers,
  type Weights,
  weightCard,
  weightsFrom,
} from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import {
  buildGraphs,
  bundled,
  collate,
  degreeHistogram,
  moleculeAt,
  selectMolecules,
  suitMolecules,
} from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import { noNormalisation, Predictor } from '@litmatter/training';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support.ts';

const bench = fileURLToPath(new URL('../../../../bench/', import.meta.url));

/** A Python with torch-geometric: the bench's own, or the one named by LITMATTER_PYG_PYTHON. */
const python = [process.env.LITMATTER_PYG_PYTHON ?? '', join(bench, '.venv', 'bin', 'python')].find(
  (path) => existsSync(path) && spawnSync(path, ['-c', 'import torch_geometric']).status === 0,
);
const why = python
  ? ''
  : ' (skipped: no torch-geometric; "npm run bench:models" installs it into bench/.venv)';

describe.skipIf(!python)(`weights go to PyTorch Geometric and come from it${why}`, () => {
  beforeAll(async () => {
    await startBackend('wasm');
  });

  it.each(builtInModels.map((model) => [model.name, model] as const))('%s', async (name, definition) => {
    const { options } = definition.presets.paper!;
    const graph = definition.graph(options);
    const model = definition.build(options);
    const all = await bundled.load(dataFolderDatasets('no folder is needed'), {});
    const set = suitMolecules(selectMolecules(all, [40, 900, 1500, 2000]), graph);
    const graphs = buildGraphs(set, graph);
    const places = [0, 1, 2, 3];
    const batch = collate(set, graphs, places);

    const start: Weights = {
      // Nothing at the zero that it may start from.
      parameters: initialiseParameters(model.layout, 5).map((value, i) => value || 0.1 * Math.sin(i)),
      buffers: startBuffers(model, { degreeHistogram: degreeHistogram(set, graphs, places) }),
    };
    const folder = temporaryFolder();
    const [ours, theirs, molecules] = ['ours', 'theirs', 'molecules'].map((file) => join(folder, file)) as [
      string,
      string,
      string,
    ];
    const card = weightCard.parse({
      version: '0',
      model: { name, preset: 'paper' },
      target: { name: 'gap', unit: 'eV', mean: 0, std: 1 },
      dataset: { name: 'bundled' },
      epoch: 0,
      validationMae: null,
    });
    writeFileSync(ours, encodeWeights(model, start, card));
    const types = set.atomColumns.type;
    writeFileSync(
      molecules,
      JSON.stringify({
        molecules: places.map((m) => {
          const { atomicNumbers, positions, bonds } = moleculeAt(set, m);
          return {
            z: atomicNumbers,
            positions,
            bonds,
            ...(types && { types: [...types.subarray(set.atomOffsets[m], set.atomOffsets[m + 1])] }),
            y: 0,
          };
        }),
      }),
    );
    const answer = JSON.parse(
      execFileSync(
        python!,
        [
          fileURLToPath(new URL('exchange.py', import.meta.url)),
          join(bench, 'models'),
          name,
          molecules,
          ours,
          theirs,
        ],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
      ),
    ) as { ours: number[]; theirs: number[] };

    const predict = async (weights: Weights) => {
      const predictor = new Predictor(model, weights, noNormalisation);
      try {
        return await predictor.predict(batch);
      } finally {
        predictor.dispose();
      }
    };
    const loaded = weightsFrom(readWeights(readFileSync(theirs), 'theirs'), model);
    for (const [here, there] of [
      [await predict(start), answer.ours],
      [await predict(loaded), answer.theirs],
    ] as const) {
      for (const [m, value] of there.entries()) {
        // Both in float32.
        expect(Math.abs(here[m]! - value)).toBeLessThan(3e-5 * Math.max(1, Math.abs(value)));
      }
    }
  });
});
