import { InputError } from '@litmatter/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { toLatex, toSvg } from '../../src/hub/export.ts';
import { Store } from '../../src/hub/store.ts';
import { epoch, someSpec, started } from '../support.ts';

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
