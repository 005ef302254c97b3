import { readFileSync } from 'node:fs';
import { buildGraphs, collate, readGraphs, sourceOf } from '@litmatter/molecules';
import { InputError, modelChoice } from '@litmatter/protocol';
import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import type { Model } from '../src/model.ts';
import { initialiseParameters } from '../src/parameters/layout.ts';
import { views } from '../src/parameters/views.ts';
import { goldenBatch } from '../src/parity.ts';
import { pna, pnaOptions } from '../src/pna.ts';
import { resolveModel } from '../src/registry.ts';
import { decodeSafetensors, encodeSafetensors, type NewTensor, tensorValues } from '../src/safetensors.ts';
import { type SchNetOptions, schnet, schnetOptions } from '../src/schnet.ts';
import { encodeWeights, readWeights, type WeightCard, weightCard, weightsFrom } from '../src/weights.ts';
import { isAvailable, nodeBackends } from './support/backends.ts';
import { goldenInputs } from './support/golden.ts';

const fixture = (name: string) => readFileSync(new URL(`fixtures/pyg/${name}`, import.meta.url));
const saved = new Uint8Array(fixture('schnet.safetensors'));
/** In float64. */
const { predictions } = JSON.parse(fixture('schnet.json').toString()) as { predictions: number[] };

/** The model of the fixture: PyG's names of these are in its script. */
const options: SchNetOptions = schnetOptions.parse({
  hiddenChannels: 16,
  numFilters: 16,
  numInteractions: 2,
  numGaussians: 10,
  cutoff: 6,
});
const model = schnet.build(options);

const card: WeightCard = weightCard.parse({
  version: '0.1.0',
  model: { name: 'schnet', preset: 'small', options },
  target: { name: 'dipole', unit: 'D', mean: 2.5, std: 1.25 },
  dataset: { name: 'bundled', target: 'dipole', limit: 100 },
  epoch: 3,
  validationMae: 0.125,
});

/** The fixture's tensors, to be changed and written again. */
function tensorsOf(bytes: Uint8Array = saved): Map<string, NewTensor> {
  return new Map(
    [...decodeSafetensors(bytes, 'x').tensors].map(([name, stored]) => [
      name,
      { name, shape: stored.shape, values: Float32Array.from(tensorValues(stored)) },
    ]),
  );
}
const write = (tensors: Map<string, NewTensor>) => encodeSafetensors([...tensors.values()]);
const load = (bytes: Uint8Array, into: Model = model) =>
  weightsFrom(readWeights(bytes, 'w'), into).parameters;
/** SchNet has no buffers. */
const encode = (of: Model, parameters: Float32Array, about: WeightCard) =>
  encodeWeights(of, { parameters, buffers: new Float32Array(0) }, about);

function predict(parameters: Float32Array, of: Model = model): Float32Array {
  const batch = of.upload(goldenBatch(goldenInputs, schnet.graph(options)));
  const result = tidy(() =>
    of.forward(views(tensor1d(parameters), of.layout), batch, { training: false }).dataSync<'float32'>(),
  );
  batch.dispose();
  return Float32Array.from(result);
}

describe("weights saved from PyG's SchNet", () => {
  for (const backend of nodeBackends) {
    it.skipIf(!isAvailable(backend))(`give PyG's predictions to 1e-5 on ${backend}`, async () => {
      await startBackend(backend);
      for (const [m, value] of predict(load(saved)).entries()) {
        expect(Math.abs(value - predictions[m]) / Math.abs(predictions[m])).toBeLessThan(1e-5);
      }
    });
  }

  it('are the same whichever of its two names each filter has in the file', () => {
    const whole = load(saved);
    for (const dropped of ['.mlp.', '.conv.nn.']) {
      const tensors = tensorsOf();
      for (const name of [...tensors.keys()]) if (name.includes(dropped)) tensors.delete(name);
      expect(tensors.size).toBe(24);
      expect(load(write(tensors))).toEqual(whole);
    }
  });

  it('have no card', () => {
    expect(readWeights(saved, 'w').card).toBeNull();
  });

  it('are read without the buffers, too', () => {
    const tensors = tensorsOf();
    tensors.delete('distance_expansion.offset');
    expect(load(write(tensors))).toEqual(load(saved));
  });
});

describe("weights saved from PyG's PNA", () => {
  const pnaSaved = new Uint8Array(fixture('pna.safetensors'));
  const facts = JSON.parse(fixture('pna.json').toString()) as { graphs: unknown[]; predictions: number[] };
  const small = pnaOptions.parse({ hiddenChannels: 8, edgeDim: 4, numLayers: 2, towers: 2 });
  const network = pna.build(small);

  it("give PyG's predictions to 1e-5, its running moments and average degrees being read with them", async () => {
    await startBackend('wasm');
    const set = await readGraphs(
      sourceOf('g.jsonl', facts.graphs.map((graph) => JSON.stringify(graph)).join('\n')),
    );
    const batch = network.upload(collate(set, buildGraphs(set, pna.graph(small)), [0, 1, 2]));
    const { parameters, buffers } = weightsFrom(readWeights(pnaSaved, 'w'), network);
    const out = tidy(() =>
      network
        .forward(views(tensor1d(parameters), network.layout), batch, {
          training: false,
          buffers: views(tensor1d(buffers), network.buffers!),
        })
        .dataSync<'float32'>(),
    );
    batch.dispose();
    for (const [m, value] of facts.predictions.entries()) {
      expect(Math.abs(out[m] / value - 1)).toBeLessThan(1e-5);
    }
  });

  it('come back as the bytes they were, counts of batches as whole numbers', () => {
    const again = encodeWeights(network, weightsFrom(readWeights(pnaSaved, 'w'), network), card);
    const ours = decodeSafetensors(again, 'x').tensors;
    const theirs = decodeSafetensors(pnaSaved, 'x').tensors;
    expect([...ours.keys()]).toEqual([...theirs.keys()]);
    for (const [name, { type, shape, bytes }] of theirs) {
      expect(ours.get(name)).toMatchObject({ type, shape });
      expect(ours.get(name)!.bytes, name).toEqual(bytes);
    }
    const tracked = theirs.get('batch_norms.0.module.num_batches_tracked')!;
    expect([tracked.type, ...tensorValues(tracked)]).toEqual(['I64', 5]);
  });

  it('are refused without a running moment, which no model can do without', () => {
    const tensors = tensorsOf(pnaSaved);
    tensors.delete('batch_norms.1.module.running_var');
    expect(() => load(write(tensors), network)).toThrow(/no tensor "batch_norms\.1\.module\.running_var"/);
  });
});

describe.each([
  [
    'DimeNet',
    'dimenet',
    () =>
      resolveModel({
        name: 'dimenet',
        preset: 'paper',
        options: {
          hiddenChannels: 8,
          numBlocks: 2,
          numBilinear: 3,
          numSpherical: 3,
          numRadial: 4,
          cutoff: 4,
          numAfterSkip: 1,
          numOutputLayers: 1,
        },
      }),
  ],
  [
    'NNConv',
    'nnconv',
    () => resolveModel({ name: 'nnconv', preset: 'paper', options: { dim: 8, edgeHidden: 6 } }),
  ],
] as const)("weights saved from PyG's %s", (_, name, built) => {
  const bytes = new Uint8Array(fixture(`${name}.safetensors`));
  const facts = JSON.parse(fixture(`${name}.json`).toString()) as {
    predictions: number[];
    bonds?: [number, number, number][];
  };
  const { model: network, graph } = built();

  for (const backend of nodeBackends) {
    it.skipIf(!isAvailable(backend))(`give PyG's predictions to 1e-5 on ${backend}`, async () => {
      await startBackend(backend);
      const batch = network.upload(goldenBatch(goldenInputs, graph, facts.bonds));
      const out = tidy(() =>
        network
          .forward(views(tensor1d(load(bytes, network)), network.layout), batch, { training: false })
          .dataSync<'float32'>(),
      );
      batch.dispose();
      for (const [m, value] of facts.predictions.entries()) {
        expect(Math.abs(out[m] / value - 1)).toBeLessThan(1e-5);
      }
    });
  }

  it('come back as the bytes they were', () => {
    const again = encode(network, load(bytes, network), card);
    const ours = decodeSafetensors(again, 'x').tensors;
    const theirs = decodeSafetensors(bytes, 'x').tensors;
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [tensor, { type, shape, bytes: stored }] of theirs) {
      expect(ours.get(tensor)).toMatchObject({ type, shape });
      expect(ours.get(tensor)!.bytes, tensor).toEqual(stored);
    }
  });

  it('are refused where a tensor of theirs has another shape or is not there', () => {
    const [first] = network.layout.entries;
    const tensors = tensorsOf(bytes);
    tensors.set(first.name, { name: first.name, shape: [1], values: new Float32Array(1) });
    expect(() => load(write(tensors), network)).toThrow(
      `w, tensor "${first.name}" has the shape [1], and the model's is [${first.shape}].`,
    );
    tensors.delete(first.name);
    expect(() => load(write(tensors), network)).toThrow(`w has no tensor "${first.name}".`);
  });
});

describe('weights written here', () => {
  it("hold every tensor of PyG's state_dict and no other, in its shapes", () => {
    const ours = tensorsOf(encode(model, load(saved), card));
    const theirs = tensorsOf();
    expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
    for (const [name, { shape, values }] of theirs) {
      expect(ours.get(name)).toEqual({ name, shape, values });
    }
  });

  it('hold the starting values of an atomref, too', () => {
    const withAtomref = schnet.build({ ...options, atomref: [0, 0.5, -1] });
    const flat = initialiseParameters(withAtomref.layout, 1);
    const bytes = encode(withAtomref, flat, card);
    const initial = tensorsOf(bytes).get('initial_atomref')!;
    expect(initial.shape).toEqual([100, 1]);
    expect([...initial.values.subarray(0, 4)]).toEqual([0, 0.5, -1, 0]);
    // They are where training began, not what it came to: others than the options' are no mistake.
    expect(load(bytes, schnet.build({ ...options, atomref: [] }))).toEqual(flat);
  });

  it('come back bit for bit, with their card', () => {
    const { size } = model.layout;
    fc.assert(
      fc.property(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), (seed, mean) => {
        // Finite float32 of every size, subnormal numbers and -0 included.
        const bits = Uint32Array.from(
          { length: size },
          (_, i) => Math.imul(seed + i, 0x9e3779b1) & 0xff7fffff,
        );
        const flat = new Float32Array(bits.buffer);
        flat[seed & 1023] = -0;
        const written = { ...card, target: { ...card.target, mean } };
        const back = readWeights(encode(model, flat, written), 'w');
        expect(new Uint32Array(weightsFrom(back, model).parameters.buffer)).toEqual(bits);
        expect(Object.is(back.card?.target.mean, mean === 0 ? 0 : mean)).toBe(true);
        expect(back.card?.model).toEqual(written.model);
      }),
      { numRuns: 20 },
    );
  });

  it('predict bit for bit what they predicted before', async () => {
    await startBackend('wasm');
    const flat = initialiseParameters(model.layout, 5);
    expect(predict(load(encode(model, flat, card)))).toEqual(predict(flat));
  });

  it('tell which model, so that it can be built again', () => {
    const back = readWeights(encode(model, load(saved), card), 'w').card!;
    expect(schnet.build(schnetOptions.parse(modelChoice.parse(back.model).options)).layout.size).toBe(
      model.layout.size,
    );
  });
});

describe('weights that do not fit are refused with file and tensor', () => {
  const change = (body: (tensors: Map<string, NewTensor>) => void) => {
    const tensors = tensorsOf();
    body(tensors);
    return write(tensors);
  };
  const set = (name: string, shape: number[], value = 0) =>
    change((tensors) => {
      const size = shape.reduce((product, length) => product * length, 1);
      tensors.set(name, { name, shape, values: new Float32Array(size).fill(value) });
    });
  const cases: [string, Uint8Array, RegExp][] = [
    [
      'of another shape',
      set('lin1.weight', [8, 8]),
      /^w, tensor "lin1\.weight" has the shape \[8,8\], and the model's is \[8,16\]\. .*other options/,
    ],
    [
      'of other dimensions',
      set('lin2.bias', []),
      /"lin2\.bias" has the shape \[\], and the model's is \[1\]/,
    ],
    [
      'missing',
      change((tensors) => tensors.delete('lin2.bias')),
      /^w has no tensor "lin2\.bias"\. It was saved from another/,
    ],
    ['missing by the dozen', encodeSafetensors([]), /^w has no tensor "embedding\.weight" \(and 22 more\)/],
    [
      'of an unknown name',
      set('lin3.weight', [1]),
      /^w, tensor "lin3\.weight": the model has none of that name/,
    ],
    [
      'of another name',
      change((tensors) => {
        tensors.set('model.lin2.bias', { ...tensors.get('lin2.bias')!, name: 'model.lin2.bias' });
        tensors.delete('lin2.bias');
      }),
      /no tensor "lin2\.bias".* It has "model\.lin2\.bias", which the model has not/,
    ],
    [
      'that is not a number',
      change((tensors) => {
        tensors.get('lin1.weight')!.values[17] = Number.NaN;
      }),
      /^w, tensor "lin1\.weight" holds NaN at \[1,1\], which is not a finite number/,
    ],
    [
      'that is infinite',
      set('lin2.bias', [1], Number.POSITIVE_INFINITY),
      /"lin2\.bias" holds Infinity at \[0\]/,
    ],
    [
      'with two values',
      change((tensors) => {
        const name = 'interactions.0.conv.nn.0.bias';
        const tensor = tensors.get(name)!;
        tensors.set(name, {
          ...tensor,
          values: Float32Array.from(tensor.values as Float32Array, (x) => x + 1),
        });
      }),
      /"interactions\.0\.conv\.nn\.0\.bias" must be the same as "interactions\.0\.mlp\.0\.bias"/,
    ],
    [
      'of another cutoff',
      set('distance_expansion.offset', [10], 3),
      /"distance_expansion\.offset" is not what the model's options make it/,
    ],
  ];
  it.each(cases)('a tensor %s', (_, bytes, sentence) => {
    expect(() => load(bytes)).toThrow(InputError);
    expect(() => load(bytes)).toThrow(sentence);
  });

  it('a file of another model', () => {
    const wider = schnet.build({ ...options, hiddenChannels: 32 });
    expect(() => load(saved, wider)).toThrow(/tensor "embedding\.weight" has the shape \[100,16\]/);
    const deeper = schnet.build({ ...options, numInteractions: 3 });
    expect(() => load(saved, deeper)).toThrow(/no tensor "interactions\.2\.mlp\.0\.weight" \(and 8 more\)/);
  });

  it('a double beyond float32', () => {
    const data = new Uint8Array(new Float64Array([1e39]).buffer);
    const header = `{"lin2.bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}`;
    const bytes = Uint8Array.from([
      header.length,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...new TextEncoder().encode(header),
      ...data,
    ]);
    expect(() => load(bytes)).toThrow(/"lin2\.bias" holds Infinity at \[0\]/);
  });

  it('a card that is damaged', () => {
    const carded = (text: string) => encodeSafetensors([], { litmatter: text });
    expect(() => readWeights(carded('{'), 'w')).toThrow(/^w, metadata "litmatter" is not JSON/);
    expect(() => readWeights(carded('{"version":"1"}'), 'w')).toThrow(
      /^w, metadata "litmatter": model: is missing/,
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => readWeights(carded(JSON.stringify(value)), 'w')).toThrow(InputError);
      }),
    );
  });
});
