import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@litmatter/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { readCsv } from '../../src/cli/fit.ts';
import { pointsOfRows } from '../../src/cli/fit-rows.ts';
import { toCsv, toLatex, toSvg } from '../../src/hub/export.ts';
import { Store } from '../../src/hub/store.ts';
import { resultOf } from '../../src/result.ts';
import { epoch, someSpec, started, temporaryFolder } from '../support.ts';

const unknown = { samples: undefined, batchPerDevice: undefined };

function measured() {
  const store = new Store(':memory:');
  onTestFinished(() => store.close());
  return store;
}

it('the chart and the table of an experiment hold its series, from its own epochs', () => {
  const store = measured();
  const { id } = store.createExperiment(someSpec({ devices: [1, 2, 4] }));
  const runs = store.snapshot(id)!.runs;
  for (const run of runs) {
    const n = run.spec.devices;
    store.beginAttempt(run.id);
    store.append(run.id, 1, [
      started({ run: run.id, seq: 0 }, n),
      ...[1, 2, 3].map((k) => epoch({ run: run.id, seq: k }, k, n, { seconds: 0.5 + 4 / n + k / 100 })),
    ]);
  }
  const snapshot = store.snapshot(id)!;
  const svg = toSvg(snapshot, 'time');
  expect(svg).toContain('schnet small');
  expect(svg).toContain('3 runs, N = 2 epochs');
  expect(svg).not.toMatch(/NaN|undefined/);
  expect(toLatex(snapshot)).toMatch(/schnet small & \$1\.0 \\times 10\^\{3\}\$ & \$0\.\d\d\$/);
});

it('an experiment without an epoch is refused in words', () => {
  const store = measured();
  const { id } = store.createExperiment(someSpec());
  expect(() => toSvg(store.snapshot(id)!, 'time')).toThrow(InputError);
});

it('a grid of sizes is exported with its molecules, parameters and options, drawn and put in the table', () => {
  const store = measured();
  const spec = someSpec({
    models: [{ name: 'schnet', grid: { hiddenChannels: [16, 32] } }],
    dataset: { name: 'bundled', limit: [100, 200, 400] },
    devices: [1],
  });
  const { id } = store.createExperiment(spec, undefined, 'D');
  for (const run of store.snapshot(id)!.runs) {
    const trainSamples = 0.8 * run.spec.dataset.used!;
    const parameters = 100 * Number(run.spec.model.options.hiddenChannels);
    store.beginAttempt(run.id);
    store.append(run.id, 1, [
      started({ run: run.id, seq: 0 }, 1, { trainSamples, parameters }),
      ...[1, 2].map((k) =>
        epoch({ run: run.id, seq: k }, k, 1, { validationMae: (1 + 1 / k) * trainSamples ** -0.5 }),
      ),
    ]);
  }
  const snapshot = store.snapshot(id)!;
  expect(snapshot.experiment.targetUnit).toBe('D');
  const [header, first] = toCsv(snapshot).split('\r\n');
  expect(header).toContain('options,parameters,dataset,molecules_at_most');
  expect(first).toContain('"{""hiddenChannels"":16}",1600,bundled,100');
  const svg = toSvg(snapshot, 'mae-molecules');
  expect(svg).toContain('best validation MAE, D');
  expect(svg).toContain('training molecules');
  expect(svg).toContain('α = 0.50');
  expect(toLatex(snapshot)).toMatch(/hiddenChannels 16\\} & molecules & 1 & \$0\.50/);
  expect(resultOf(snapshot).losses.map(({ axis, series }) => [axis, series])).toContainEqual([
    'parameters',
    'schnet small, 400 molecules',
  ]);
  const times = (file: string) => pointsOfRows(readCsv(file), file, unknown).map(({ series }) => series);
  const file = join(temporaryFolder(), 'export.csv');
  writeFileSync(file, toCsv(snapshot));
  expect(new Set(times(file)).size).toBe(6);
});

it('a chart of errors that an experiment has no sizes for is refused with what to do', () => {
  const store = measured();
  const { id } = store.createExperiment(someSpec());
  expect(() => toSvg(store.snapshot(id)!, 'mae-molecules')).toThrow(/list of limits/);
  expect(() => toSvg(store.snapshot(id)!, 'mae-parameters')).toThrow(/grid of an option/);
});
