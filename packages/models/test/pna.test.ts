import { type Batch, buildGraphs, collate, moleculeSet } from '@litmatter/molecules';
import { InputError } from '@litmatter/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { withComposedOps } from '../src/ops/op.ts';
import { initialiseParameters, namedValues, startBuffers } from '../src/parameters/layout.ts';
import { pnaParity } from '../src/parity.ts';
import { pna, pnaOptions } from '../src/pna.ts';
import { isAvailable, nodeBackends } from './support/backends.ts';
import { goldenPNA, shapesOf } from './support/golden.ts';
import { describeInvariances, predictor } from './support/invariance.ts';
import { type Atoms, batchOf, chain, cloud } from './support/molecules.ts';

const releases = [
  ['head', 'current'],
  ['pyg202', 'pyg-2.0.2'],
] as const;
const runs = releases.flatMap(([release, compat]) =>
  (['train', 'eval'] as const).map((mode) => ({ release, compat, mode })),
);
/** In-degrees of the training split of ZINC-12k. */
const degreeHistogram = [0, 41130, 117278, 70152, 3104];

describe('the layout of PNA', () => {
  it("has PyG's parameters in PyG's order: 677,376 of them with 21 atom types, 677,901 with 28", () => {
    const { layout } = pna.build(pnaOptions.parse({ atomTypes: 21 }));
    expect(layout.entries.map(({ name, shape, size }) => ({ name, shape, size }))).toEqual(shapesOf('pna'));
    expect(layout.size).toBe(677_376);
    expect(pna.build(pna.presets.paper.options).layout.size).toBe(677_901);
  });

  it("has PyG's buffers in PyG's order, the average degrees of both releases", () => {
    const model = pna.build(pnaOptions.parse({}));
    const names = model.buffers!.entries.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['convs.0.aggr_module.avg_deg_lin', 'convs.0.aggr_module.avg_deg_log']);
    expect(names.slice(8, 11)).toEqual([
      'batch_norms.0.module.running_mean',
      'batch_norms.0.module.running_var',
      'batch_norms.0.module.num_batches_tracked',
    ]);
    const { 'convs.3.aggr_module.avg_deg_lin': linear, 'convs.3.aggr_module.avg_deg_log': log } = namedValues(
      model.buffers!,
      startBuffers(model, { degreeHistogram }),
    );
    expect(linear[0]).toBeCloseTo(2.152073621749878, 6);
    expect(log[0]).toBeCloseTo(1.1205850839614868, 6);
    const old = pna.build(pnaOptions.parse({ compat: 'pyg-2.0.2' }));
    const start = namedValues(old.buffers!, startBuffers(old, { degreeHistogram }));
    expect(start['convs.0.aggr_module.avg_deg_log'][0]).toBeCloseTo(8.299206733703613, 5);
  });

  it("starts as torch's", () => {
    const { layout } = pna.build(pnaOptions.parse({}));
    const start = namedValues(layout, initialiseParameters(layout, 1));
    const largest = (name: string) => start[name].reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(largest('convs.1.post_nns.3.0.weight')).toBeLessThanOrEqual(1 / Math.sqrt(975));
    expect(largest('convs.1.post_nns.3.0.weight')).toBeGreaterThan(0.99 / Math.sqrt(975));
    expect(largest('node_emb.weight')).toBeGreaterThan(2.5);
    expect([...start['batch_norms.2.module.weight']]).toEqual(Array(75).fill(1));
  });

  it('refuses features that its towers cannot share', () => {
    expect(() => pnaOptions.parse({ towers: 4 })).toThrow('must be a multiple of the towers');
  });
});

describe.each(nodeBackends)('PNA on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works.each(runs)("equals PyG's outputs and gradient norms: $compat, $mode", async (run) => {
    const golden = goldenPNA(run.release, run.mode);
    const { outputs, gradients } = await pnaParity(golden, run.compat, run.mode === 'train');
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-4);
  });
});

describe('PNA composed of plain ops', () => {
  it.each(runs)("equals PyG's on wasm too: $compat, $mode", async (run) => {
    await startBackend('wasm');
    const golden = goldenPNA(run.release, run.mode);
    const { outputs, gradients } = await withComposedOps(() =>
      pnaParity(golden, run.compat, run.mode === 'train'),
    );
    expect(outputs).toBeLessThan(2e-5);
    expect(gradients).toBeLessThan(1e-4);
  });
});

const tiny = pnaOptions.parse({ hiddenChannels: 12, edgeDim: 6, numLayers: 2, towers: 3 });
describeInvariances('PNA', predictor(pna, tiny), [chain(4, 1), cloud(1, 2), chain(2, 3), chain(8, 4)]);

describe('what PNA cannot read', () => {
  const graph = { kind: 'bonds' } as const;
  const upload = (batch: Batch, changes = {}) => pna.build({ ...tiny, ...changes }).upload(batch);

  it('is a type it has no embedding for', () => {
    const iodine: Atoms = { ...chain(2, 1), atomicNumbers: [6, 53] };
    const batch = batchOf([chain(2, 2), iodine], graph);
    expect(() => upload(batch)).toThrow(InputError);
    expect(() => upload(batch)).toThrow('atom types 0 to 27; molecule 2 of the batch has an atom of type 53');
    upload(batch, { atomTypes: 54 }).dispose();
  });

  it('is an aromatic bond, unless it is told of them', () => {
    const set = moleculeSet([{ ...chain(2, 1), bonds: [[0, 1, 4]] }]);
    const batch = collate(set, buildGraphs(set, graph), [0]);
    expect(() => upload(batch)).toThrow('bond of order 4 (aromatic)');
    upload(batch, { bondTypes: 5 }).dispose();
  });
});
