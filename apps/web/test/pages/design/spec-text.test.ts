import { experimentSpec } from '@litmatter/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { asCommand, asWritten, asYaml } from '../../../src/pages/design/spec-text.ts';
import { spec } from '../../samples.ts';

test('what is copied as YAML means the very same experiment', () => {
  const specs = fc.record({
    name: fc.string({ minLength: 1, maxLength: 200 }).filter((text) => text.trim() === text && text !== ''),
    models: fc.array(
      fc.record({
        name: fc.constant('schnet'),
        preset: fc.constantFrom('small', 'paper'),
        options: fc.dictionary(
          fc.stringMatching(/^[a-z]{1,8}$/),
          fc.oneof(fc.integer(), fc.string(), fc.boolean()),
        ),
        grid: fc.dictionary(
          fc.stringMatching(/^[A-Z]{1,8}$/),
          fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 3 }),
          { maxKeys: 2 },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    dataset: fc.record({
      name: fc.constant('bundled'),
      limit: fc.oneof(
        fc.integer({ min: 1, max: 9_999 }),
        fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: 4 }),
      ),
    }),
    training: fc.record({
      epochs: fc.integer({ min: 1, max: 500 }),
      learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      schedule: fc.constantFrom('plateau' as const, 'constant' as const),
      plateau: fc.record({ factor: fc.double({ min: 0.1, max: 0.9, noNaN: true }) }),
      normaliseTarget: fc.boolean(),
    }),
    devices: fc.uniqueArray(fc.integer({ min: 1, max: 4096 }), { minLength: 1, maxLength: 6 }),
    repeats: fc.integer({ min: 1, max: 20 }),
    backend: fc.constantFrom('auto' as const, 'wasm' as const),
  });
  fc.assert(
    fc.property(specs, (input) => {
      const given = experimentSpec.parse(input);
      expect(experimentSpec.parse(parse(asYaml(given)))).toEqual(given);
    }),
  );
});

test('defaults are left out, what a reader looks for stays', () => {
  expect(asWritten(spec)).toEqual({
    name: 'SchNet on molecules',
    models: [{ name: 'schnet', preset: 'small' }],
    dataset: { name: 'bundled', target: 'dipole' },
    training: { epochs: 4, batchPerDevice: 32 },
    devices: [1, 2, 4],
    launcher: { name: 'local' },
  });
});

test('nothing in a name reaches the shell that the command is pasted into', () => {
  const name = '$(rm -rf ~) `x`; "quoted"\nLITMATTER_SPEC';
  const command = asCommand({ ...spec, name });
  const [first, ...rest] = command.split('\n');
  expect(first).toBe("cat > rm-rf-x-quoted-litmatter-spec.yaml <<'LITMATTER_SPEC'");
  expect(rest.filter((line) => line === 'LITMATTER_SPEC')).toHaveLength(1);
  expect(parse(rest.slice(0, rest.indexOf('LITMATTER_SPEC')).join('\n')).name).toBe(name);
});
