import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countRuns, expandRuns } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { readSpecFile } from '../src/cli/spec-file.ts';
import { loadRegistry } from '../src/config.ts';
import { lacksOf } from '../src/hub/check.ts';
import { localLauncher } from '../src/launchers/local.ts';
import { temporaryFolder } from './support.ts';

const folder = fileURLToPath(new URL('../../../examples/', import.meta.url));
const specs = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('examples', () => {
  it.each(specs)('%s can be run wherever its data and its launcher are', async (name) => {
    const { spec } = readSpecFile(join(folder, name));
    const lacks = await lacksOf(
      { ...spec, launcher: { name: 'local' } },
      {
        ...{ registry: await loadRegistry(null), launchers: [localLauncher()] },
        datasetFolder: temporaryFolder(),
      },
    );
    expect(
      lacks.map(({ message }) => message).filter((text) => !/^The data set .* is not here/.test(text)),
    ).toEqual([]);
  });

  it("paper.yaml and paper-pna.yaml are the paper's models, batch and device counts", () => {
    const { spec } = readSpecFile(join(folder, 'paper.yaml'));
    const counts = [2, 4, 8, 16, 32, 64, 128, 256, 364, 416];
    expect(spec.devices).toEqual(counts);
    expect(countRuns(spec)).toBe(3 * 10 * spec.repeats);
    expect(new Set(expandRuns(spec).map(({ model }) => `${model.name} ${model.preset}`))).toEqual(
      new Set(['dimenet paper', 'nnconv paper', 'schnet paper']),
    );
    const { spec: pna } = readSpecFile(join(folder, 'paper-pna.yaml'));
    expect(pna.devices).toEqual(counts.slice(0, -1));
    expect([spec, pna].map(({ training }) => training.batchPerDevice)).toEqual([128, 128]);
  });
});
