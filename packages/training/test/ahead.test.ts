import { initialiseParameters, resolveModel, startBuffers } from '@litmatter/models';
import {
  buildGraphs,
  bundled,
  collate,
  degreeHistogram,
  type MoleculeSet,
  selectMolecules,
} from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import { memory } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AheadPart, planAhead } from '../src/ahead.ts';
import { Learner } from '../src/learner.ts';
import { noNormalisation } from '../src/normalise.ts';
import { startTestBackend } from './backend.ts';

/** A layout of entries with these sizes. */
const layoutOf = (sizes: readonly number[]) => ({
  entries: sizes.map((size, i) => ({
    name: `p${i}`,
    shape: [size],
    size,
    offset: sizes.slice(0, i).reduce((a, b) => a + b, 0),
    initialise: () => {},
  })),
  size: sizes.reduce((a, b) => a + b, 0),
});

describe('where a gradient is cut', () => {
  const cases = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }).chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      used: fc.shuffledSubarray(sizes.map((_, i) => i)),
      floats: fc.integer({ min: 1, max: 120 }),
    }),
  );

  it('every parameter stands once in the order, those in use as they are taken up, the others before them', () => {
    fc.assert(
      fc.property(cases, ({ sizes, used, floats }) => {
        const { order } = planAhead(layoutOf(sizes), used, floats);
        expect(order.toSorted((a, b) => a - b)).toEqual(sizes.map((_, i) => i));
        expect(order.slice(order.length - used.length)).toEqual(used);
      }),
    );
  });

  it('parts follow one another from the end, each large enough, and what is left is smaller or not in use', () => {
    fc.assert(
      fc.property(cases, ({ sizes, used, floats }) => {
        const { order, parts } = planAhead(layoutOf(sizes), used, floats);
        const floatsOf = (from: number, to: number) =>
          order.slice(from, to).reduce((sum, place) => sum + sizes[place], 0);
        let end = order.length;
        for (const part of parts) {
          expect(part.end).toBe(end);
          expect(part.size).toBe(floatsOf(part.start, part.end));
          expect(part.offset).toBe(floatsOf(0, part.start));
          expect(part.size).toBeGreaterThanOrEqual(floats);
          end = part.start;
        }
        expect(floatsOf(order.length - used.length, end)).toBeLessThan(floats);
      }),
    );
  });
});

describe('the gradient in parts, of real molecules on wasm', () => {
  let set: MoleculeSet;
  beforeAll(async () => {
    await startTestBackend('wasm');
    const whole = await bundled.load(dataFolderDatasets('no folder is needed'), {});
    set = selectMolecules(
      whole,
      Uint32Array.from({ length: 6 }, (_, i) => 600 * i),
    );
  });

  it.each([
    ['schnet', {}],
    ['dimenet', {}],
    ['nnconv', {}],
    ['pna', {}],
  ])(
    '%s: has the bits of the gradient at once, and parts leave while others are unknown',
    async (name, options) => {
      const { model, graph } = resolveModel({ name, preset: 'small', options });
      const graphs = buildGraphs(set, graph);
      const all = Array.from({ length: set.size }, (_, m) => m);
      const parameters = initialiseParameters(model.layout, 7);
      const buffers = startBuffers(model, { degreeHistogram: degreeHistogram(set, graphs, all) });
      const learner = new Learner(model, 'mse', noNormalisation);
      learner.setWeights({ parameters, buffers });
      const ready = learner.ready({ batch: collate(set, graphs, all, 'dipole'), counted: 5 });
      const { size, entries } = model.layout;
      const head = 1 + buffers.length;
      const wanted = new Float32Array(head + size);
      await learner.gradient(ready).read(wanted);

      const used = learner.orderOfUse(ready);
      expect(used.length).toBeGreaterThan(entries.length / 2);
      const plan = planAhead(model.layout, used, Math.ceil(size / 6));
      expect(plan.parts.length).toBeGreaterThan(1);
      const taken: AheadPart[] = [];
      const gradient = new Float32Array(head + size);
      let advances = 0;
      /** How often there had been time for what was sent when each part left. */
      const advancesAt: number[] = [];
      const before = memory().numTensors;
      const pending = learner.gradient(ready, {
        ahead: {
          plan,
          take: (part, values) => {
            taken.push(part);
            advancesAt.push(advances);
            gradient.set(values, head + part.offset);
          },
          advance: () => advances++,
        },
      });
      expect(taken).toEqual(plan.parts);
      // The gradient of each parameter that is used comes from an op at the least.
      expect(advances).toBeGreaterThan(used.length);
      expect(advancesAt[0]).toBeLessThan(advances);
      expect(advancesAt).toEqual(advancesAt.toSorted((a, b) => a - b));
      await pending.read(gradient);
      expect(memory().numTensors).toBe(before);

      const inLayout = gradient.slice();
      let at = head;
      for (const place of plan.order) {
        const { offset, size: floats } = entries[place];
        inLayout.set(gradient.subarray(at, at + floats), head + offset);
        at += floats;
      }
      expect(inLayout).toEqual(wanted);
      ready.dispose();
      learner.dispose();
    },
  );
});
