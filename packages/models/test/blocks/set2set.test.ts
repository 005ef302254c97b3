import type { Tensor2D } from '@tensorflow/tfjs-core';
import { tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { addSet2Set, set2set, uploadPlaces } from '../../src/blocks/set2set.ts';
import { LayoutBuilder } from '../../src/parameters/layout.ts';
import { views } from '../../src/parameters/views.ts';
import { goldenParameters } from '../../src/parity.ts';
import { expectGradients, numbers } from '../support/gradients.ts';
import { batchOf, cloud } from '../support/molecules.ts';

const features = 3;
const builder = new LayoutBuilder();
addSet2Set(builder, 'read', features);
const layout = builder.build();
const flat = goldenParameters(layout);
const batch = batchOf([cloud(4, 1), cloud(1, 2), cloud(6, 3)], { kind: 'complete' });

describe('Set2Set', () => {
  beforeAll(() => startBackend('wasm'));

  it('ends with the last query and what it read, which is a weighted mean of the atoms of its molecule', () => {
    const x = numbers([batch.atoms, features], 1);
    const out = tidy(() =>
      set2set(
        views(tensor1d(flat), layout),
        'read',
        tensor2d(x.values, [batch.atoms, features]),
        uploadPlaces(batch),
        3,
      ).arraySync(),
    );
    out.forEach((row, m) => {
      expect(row).toHaveLength(2 * features);
      const atoms = Array.from(batch.moleculeOf, (of, atom) => ({ of, atom })).filter(({ of }) => of === m);
      for (let f = 0; f < features; f++) {
        const values = atoms.map(({ atom }) => x.values[atom * features + f]);
        expect(row[features + f]).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6);
        expect(row[features + f]).toBeLessThanOrEqual(Math.max(...values) + 1e-6);
      }
    });
    expect(out[1].slice(features)).toEqual([...x.values.subarray(4 * features, 5 * features)]);
  });

  it('has slopes for gradients', () => {
    const places = uploadPlaces(batch);
    expectGradients(
      (x) => set2set(views(tensor1d(flat), layout), 'read', x as Tensor2D, places, 2),
      [numbers([batch.atoms, features], 2)],
    );
  });
});
