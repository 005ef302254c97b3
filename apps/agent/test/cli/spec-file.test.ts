import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpecFile } from '../../src/cli/spec-file.ts';
import { temporaryFolder } from '../support.ts';

const whole = `name: x
models:
  - name: schnet
    options:
      cutoff: 5
dataset:
  name: bundled
devices: [1, 2]
`;

function read(text: string) {
  const file = join(temporaryFolder(), 's.yaml');
  writeFileSync(file, text);
  return readSpecFile(file);
}

describe('a spec file', () => {
  it('is read with its defaults filled in; JSON is YAML too', () => {
    expect(read(whole).spec).toMatchObject({
      models: [{ preset: 'small', options: { cutoff: 5 } }],
      repeats: 1,
    });
    expect(
      read('{"name":"x","models":[{"name":"m"}],"dataset":{"name":"d"},"devices":[1e0]}').spec.devices,
    ).toEqual([1]);
  });

  it('that is wrong names the line of the key, or of what should hold it', () => {
    expect(() => read(`${whole}repeat: 2\n`)).toThrow(/line 9, repeat: is not known here/);
    expect(() => read(whole.replace('  - name: schnet\n', '  - nam: schnet\n'))).toThrow(
      /line 3, models\.0\.name: is missing/,
    );
    expect(() => read(whole.replace('[1, 2]', '\n  - 1\n  - 0.5'))).toThrow(/line 10, devices\.1: /);
    expect(() => read(`${whole}training:\n  plateau:\n    factor: 2\n`)).toThrow(
      /line 11, training\.plateau\.factor: /,
    );
  });

  it('is pointed into by what is found wrong later', () => {
    const { located } = read(whole);
    const found = new InputError('No such option.', { 'models.0.options.cutoff': 'x' });
    expect(located(found).message).toMatch(/s\.yaml, line 5, models\.0\.options\.cutoff: No such option\.$/);
    expect(located(new InputError('Elsewhere.')).message).toBe('Elsewhere.');
  });

  it('of any content is read or refused in a sentence', () => {
    const cut = fc
      .tuple(fc.nat(whole.length), fc.string(), fc.nat(whole.length))
      .map(([from, text, to]) => whole.slice(0, from) + text + whole.slice(to));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          cut,
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as Error).message).toMatch(/s\.yaml/);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
