import { describe, expect, test } from 'vitest';
import { checkDraft, readDraft } from '../../../src/pages/design/draft.ts';
import { searchOfSpec } from '../../../src/pages/design/from-spec.ts';
import { type DesignSearch, designSearch } from '../../../src/pages/design/search.ts';
import { catalogue, spec } from '../../samples.ts';

const check = (search: DesignSearch) => checkDraft(readDraft(search, catalogue), catalogue);

describe('a design read from its address', () => {
  test('an empty address is an experiment that can be launched', () => {
    const { spec: designed, errors } = check({});
    expect(errors).toEqual({});
    expect(designed?.devices).toEqual([1, 2, 4]);
    expect(designed?.dataset).toMatchObject({ name: 'bundled', target: 'dipole' });
    expect(designed?.launcher.name).toBe('local');
  });

  test("a preset's recipe is where its fields start", () => {
    expect(check({ model: ['schnet:paper'] }).spec?.training.batchPerDevice).toBe(128);
    expect(check({ model: ['schnet:small'] }).spec?.training.batchPerDevice).toBe(32);
  });

  test('numbers may be typed as 1e-4', () => {
    expect(check({ rate: '1e-4' }).spec?.training.learningRate).toBe(1e-4);
  });

  test('duplicating an experiment gives the very same spec, name apart', () => {
    const copy = check(designSearch(searchOfSpec(spec, 'A copy') as Record<string, unknown>));
    expect(copy.spec).toEqual({ ...spec, name: 'A copy' });
  });
});

test('a named split takes the place of its shares, and options of a data set survive', () => {
  const { spec: designed } = check({ split: 'dimenet', train: '0.5', data: 'bundled;clean=true' });
  expect(designed?.dataset.split).toMatchObject({ named: 'dimenet', train: 0.8 });
  expect(designed?.dataset.options).toEqual({ clean: true });
  const again = check(designSearch(searchOfSpec(designed!, designed!.name) as Record<string, unknown>));
  expect(again.spec).toEqual(designed);
});

describe('what is wrong is said at its field', () => {
  test.each<[DesignSearch, Record<string, string>]>([
    [{ epochs: 'abc' }, { 'training.epochs': '“abc” is not a number' }],
    [{ epochs: '0' }, { 'training.epochs': 'must be more than 0' }],
    [{ epochs: '1.5' }, { 'training.epochs': 'must be a whole number, not 1.5' }],
    [
      { devices: '1, x' },
      { devices: '“x” is not a device count: write whole numbers with commas between them' },
    ],
    [{ devices: ' ' }, { devices: 'name at least one device count' }],
    [{ devices: '2,2' }, { devices: 'each device count may stand once only' }],
    [{ devices: '9999' }, { devices: 'must be at most 4096' }],
    [{ train: '0.95' }, { 'dataset.split': 'train + validation + test must not be more than 1' }],
    [{ model: ['painn:small'] }, { 'models.0.name': 'this hub has no model “painn”' }],
    [{ model: ['schnet:huge'] }, { 'models.0.preset': 'SchNet has no preset “huge”' }],
    [{ model: ['schnet:small;cutoff=-1'] }, { 'models.0.options.cutoff': 'must be more than 0' }],
    [{ data: 'qm9' }, { 'dataset.name': 'QM9 is not on this hub yet: Get gdb9.sdf.' }],
  ])('%j', (search, expected) => {
    const { spec: designed, errors } = check(search);
    expect(errors).toEqual(expected);
    expect(designed).toBeUndefined();
  });
});
