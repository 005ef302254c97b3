import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyState, deserialiseState, serialiseState, type TrainingState } from '../src/state.ts';

const size = fc.integer({ min: 0, max: 20 });
const state: fc.Arbitrary<TrainingState> = fc.tuple(size, size).chain(([n, kept]) => {
  // Any bits at all: a vector must come back as it was, NaN and -0 included.
  const bits = (length: number) =>
    fc
      .array(fc.integer(), { minLength: length, maxLength: length })
      .map((values) => new Float32Array(Int32Array.from(values).buffer));
  const [vector, buffers] = [bits(n), bits(kept)];
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  return fc.record({
    epoch: fc.nat(),
    parameters: vector,
    buffers,
    adam: fc.record({ firstMoment: vector, secondMoment: vector, step: fc.nat() }),
    schedule: fc.record({
      learningRate: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      best: fc.oneof(double, fc.constant(Number.POSITIVE_INFINITY)),
      badEpochs: fc.nat(),
    }),
    normalisation: fc.record({
      mean: double,
      std: fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }),
    }),
    best: fc.option(fc.record({ epoch: fc.nat(), validationMae: double, parameters: vector, buffers })),
  });
});

const bitsOf = (s: TrainingState) =>
  [
    s.parameters,
    s.adam.firstMoment,
    s.adam.secondMoment,
    s.best?.parameters ?? new Float32Array(0),
    s.buffers,
    s.best?.buffers ?? new Float32Array(0),
  ].map((v) => [...new Uint32Array(v.buffer, v.byteOffset, v.length)]);
const numbersOf = ({ epoch, schedule, normalisation, adam, best }: TrainingState) =>
  [
    epoch,
    adam.step,
    ...Object.values(schedule),
    ...Object.values(normalisation),
    best?.epoch ?? null,
    best?.validationMae ?? null,
  ].map((n) => (n === 0 ? 0 : n));

describe('a saved training state', () => {
  it('comes back bit for bit', () => {
    fc.assert(
      fc.property(state, (given) => {
        const bytes = serialiseState(given);
        // As a file is read, too: a Buffer is a Uint8Array whose slice is no copy.
        for (const same of [bytes, Buffer.from(bytes)]) {
          const back = deserialiseState(same, 'state.bin');
          expect(bitsOf(back)).toEqual(bitsOf(given));
          expect(numbersOf(back)).toEqual(numbersOf(given));
        }
      }),
    );
  });

  it('is refused with a sentence when it is cut, longer, or another file', () => {
    fc.assert(
      fc.property(state, fc.nat(), fc.uint8Array({ minLength: 1 }), (given, at, more) => {
        const bytes = serialiseState(given);
        const broken = [bytes.subarray(0, at % bytes.length), Uint8Array.from([...bytes, ...more]), more];
        for (const wrong of broken) {
          expect(() => deserialiseState(wrong, 'state.bin')).toThrow(InputError);
          expect(() => deserialiseState(wrong, 'state.bin')).toThrow(/^state\.bin/);
        }
      }),
    );
  });

  it('never crashes on a changed header', () => {
    fc.assert(
      fc.property(state, fc.nat(), fc.nat(255), (given, at, byte) => {
        const bytes = serialiseState(given);
        bytes[at % bytes.indexOf(10, 20)] = byte;
        try {
          deserialiseState(bytes, 'state.bin');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });

  it('names what is wrong in its header', () => {
    const head = 'litmatter state 1\n{"size":0,"epoch":-1}\n';
    expect(() => deserialiseState(new TextEncoder().encode(head), 'x.bin')).toThrow(/^x\.bin: epoch: /);
  });
});

describe('a copy of a state', () => {
  it('does not change with the state', () => {
    fc.assert(
      fc.property(state, (given) => {
        const before = serialiseState(given);
        const copy = copyState(given);
        given.parameters.fill(1);
        given.buffers.fill(1);
        given.adam.firstMoment.fill(1);
        given.adam.secondMoment.fill(1);
        given.adam.step++;
        given.schedule.badEpochs++;
        expect(serialiseState(copy)).toEqual(before);
      }),
    );
  });
});
