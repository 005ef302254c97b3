import { memory, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import type { ModelDefinition } from '../../src/model.ts';
import { initialiseParameters, startBuffers } from '../../src/parameters/layout.ts';
import { views } from '../../src/parameters/views.ts';
import { expectClose } from './gradients.ts';
import { type Atoms, batchOf, moved, reordered } from './molecules.ts';

type Predict = (molecules: readonly Atoms[]) => number[];

/** What a model with random weights says of molecules. */
export function predictor(definition: ModelDefinition, options: unknown): Predict {
  const model = definition.build(options);
  const flat = initialiseParameters(model.layout, 3);
  const start = startBuffers(model, { degreeHistogram: [1, 5, 4, 2] });
  return (molecules) => {
    const batch = model.upload(batchOf(molecules, definition.graph(options)));
    const values = tidy(() => {
      const p = views(tensor1d(flat) as Tensor1D, model.layout);
      const buffers = model.buffers ? views(tensor1d(start), model.buffers) : {};
      return Array.from(model.forward(p, batch, { training: false, buffers }).dataSync());
    });
    batch.dispose();
    return values;
  };
}

/**
 * Claims that hold for every model of molecules, whatever its weights.
 *
 * @param molecules - of several sizes, one of them a single atom, the last the largest
 */
export function describeInvariances(name: string, predict: Predict, molecules: readonly Atoms[]): void {
  const largest = molecules[molecules.length - 1];
  const places = molecules.map((_, m) => m);

  describe(`what ${name} says of molecules`, () => {
    const works = (claim: string, body: () => void) =>
      it(claim, async () => {
        await startBackend('wasm');
        body();
      });

    works('differs from one to another', () => {
      const values = predict(molecules);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBe(molecules.length);
    });

    works('does not depend on the order of atoms', () => {
      const [whole] = predict([largest]);
      const atoms = largest.atomicNumbers.map((_, i) => i);
      const orders = fc.shuffledSubarray(atoms, { minLength: atoms.length });
      fc.assert(
        fc.property(orders, (order) => expectClose(predict([reordered(largest, order)]), [whole], 2e-5)),
        { numRuns: 10 },
      );
    });

    works('depends on no other molecule of the batch, nor on its place in it', () => {
      const alone = molecules.map((molecule) => predict([molecule])[0]);
      fc.assert(
        fc.property(fc.shuffledSubarray(places, { minLength: 1 }), (order) => {
          const batch = order.map((m) => molecules[m]);
          const wanted = order.map((m) => alone[m]);
          expectClose(predict(batch), wanted, 1e-5);
        }),
        { numRuns: 15 },
      );
    });

    works('does not change when the molecule is moved and turned', () => {
      const [still] = predict([largest]);
      const number = (bound: number) => fc.double({ min: -bound, max: bound, noNaN: true });
      fc.assert(
        fc.property(number(Math.PI), number(Math.PI), number(5), (yaw, pitch, shift) =>
          expectClose(predict([moved(largest, yaw, pitch, shift)]), [still], 1e-4),
        ),
        { numRuns: 15 },
      );
    });

    works('leaves nothing on the backend', () => {
      predict(molecules);
      const before = memory().numTensors;
      predict([largest]);
      predict(molecules);
      expect(memory().numTensors).toBe(before);
    });
  });
}
