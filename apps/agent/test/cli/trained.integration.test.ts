import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import {
  encodeWeights,
  initialiseParameters,
  resolveModel,
  startBuffers,
  weightCard,
} from '@litmatter/models';
import { expect, it } from 'vitest';
import { litmatter } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

/** Weights and predictions of PyTorch Geometric, and the molecules they are of. */
const fixtures = new URL('../../../../packages/models/test/fixtures/', import.meta.url);
const pygWeights = fileURLToPath(new URL('pyg/schnet.safetensors', fixtures));
const pyg = JSON.parse(readFileSync(new URL('pyg/schnet.json', fixtures), 'utf8')) as {
  predictions: number[];
};
const pygOptions = {
  hiddenChannels: 16,
  numFilters: 16,
  numInteractions: 2,
  numGaussians: 10,
  cutoff: 6,
};
const inputs = JSON.parse(readFileSync(new URL('inputs.json', fixtures), 'utf8')) as {
  z: number[];
  pos: number[][];
  batch: number[];
};

/** Water, ethanol and hydrogen cyanide, as an XYZ file. */
const molecules = ['water', 'ethanol', 'HCN'].map((name, m) => {
  const atoms = inputs.z.flatMap((z, i) =>
    inputs.batch[i] === m ? [`${z} ${inputs.pos[i]!.join(' ')}`] : [],
  );
  return `${atoms.length}\nProperties=Z:I:1:pos:R:3 name=${name}\n${atoms.join('\n')}\n`;
});

function folder(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const cwd = temporaryFolder();
  // What lies above is of no matter.
  for (const [name, content] of Object.entries({ 'litmatter.config.ts': 'export default {};\n', ...files })) {
    writeFileSync(join(cwd, name), content);
  }
  const options = { cwd, env: { LITMATTER_DATA: join(cwd, 'data') } };
  return { cwd, call: (...words: string[]) => litmatter(words, options).finished };
}
const linesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const plain = ['--model', 'schnet', '--weights', pygWeights, '--options', JSON.stringify(pygOptions)];

it("predict gives PyG's predictions with PyG's weights, one JSON object a molecule", async () => {
  const { call } = folder({ 'm.xyz': molecules.join(''), 'm.xyz.gz': gzipSync(molecules.join('')) });
  for (const input of ['m.xyz', 'm.xyz.gz']) {
    const { code, stdout, stderr } = await call(
      'predict',
      ...plain,
      '--input',
      input,
      '--json',
      '--batch',
      '2',
    );
    expect(code, stderr).toBe(0);
    const lines = linesOf(stdout);
    expect(lines.map((line) => Object.keys(line))).toEqual(lines.map(() => ['id', 'prediction']));
    expect(lines.map(({ id }) => id)).toEqual(['water', 'ethanol', 'HCN']);
    for (const [m, { prediction }] of lines.entries()) {
      expect(Math.abs(prediction / pyg.predictions[m]! - 1)).toBeLessThan(1e-5);
    }
    expect(stderr).toMatch(/3 molecules in .*, \w+ on .*\n.*does not say what it predicts/);
  }
});

const spec = (model = '{ name: schnet, preset: small, options: { hiddenChannels: 16, numFilters: 16 } }') => `
name: Weights
models: [${model}]
dataset: { name: bundled, target: gap, limit: 200, split: { train: 0.7, validation: 0.2, test: 0.1, seed: 7 } }
training: { epochs: 3, batchPerDevice: 16 }
devices: [1]
`;

it('what a run leaves predicts in the unit of its target, and evaluates to the errors the run reported', async () => {
  const { cwd, call } = folder({ 'spec.yaml': spec(), 'm.xyz': molecules.join('') });
  const { code, stdout } = await call('run', 'spec.yaml', '--json', '--out', 'out');
  expect(code).toBe(0);
  const [run] = linesOf(stdout).at(-1).runs;
  const attempt = join('out', 'attempts', run.run, '1');
  expect(readdirSync(join(cwd, attempt))).toEqual(
    expect.arrayContaining(['weights.safetensors', 'last.safetensors']),
  );
  const evaluated = async (file: string, ...words: string[]) => {
    const done = await call('evaluate', '--weights', join(attempt, file), '--json', ...words);
    expect(done.code, done.stderr).toBe(0);
    return linesOf(done.stdout)[0];
  };
  const test = await evaluated('last.safetensors');
  expect(test).toMatchObject({
    model: 'schnet',
    dataset: 'bundled',
    target: 'gap',
    unit: 'eV',
    split: 'test',
    count: 20,
  });
  expect(test.mae).toBeCloseTo(run.testMae, 5);
  expect(test.rmse).toBeGreaterThanOrEqual(test.mae);
  expect(test.r2).toBeLessThan(1);
  const validation = await evaluated('weights.safetensors', '--dataset', 'bundled', '--split', 'validation');
  expect(validation.count).toBe(40);
  expect(validation.mae).toBeCloseTo(run.bestValidationMae, 5);
  expect((await evaluated('last.safetensors', '--limit', '100', '--fractions', '0.5,0,0.5')).count).toBe(50);

  const predicted = await call(
    'predict',
    '--weights',
    join(attempt, 'weights.safetensors'),
    '--input',
    'm.xyz',
  );
  expect(predicted.code).toBe(0);
  const [head, ...rows] = predicted.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  expect(head).toEqual(['id', 'gap [eV]']);
  // The set's gaps lie between 2 and 16 eV.
  for (const [, value] of rows) expect(Number(value)).toSatisfy((gap: number) => gap > 0 && gap < 20);

  const wrong = async (command: string, ...words: string[]) => {
    const done = await call(command, '--weights', join(attempt, 'weights.safetensors'), ...words);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    return done.stderr;
  };
  expect(await wrong('predict', '--input', 'm.xyz', '--model', 'nnconv')).toMatch(
    /holds weights of the model "schnet"/,
  );
  expect(await wrong('predict', '--input', 'm.xyz', '--options', '{"numFilters":8}')).toMatch(
    /tensor "interactions\.0/,
  );
  expect(await wrong('evaluate', '--target', 'dipole')).toMatch(/predicts "gap", not "dipole"/);
  expect(await wrong('evaluate', '--dataset', 'moon')).toMatch(/no data set "moon"/);
  expect(await wrong('evaluate', '--fractions', '1,0,0')).toMatch(/The test part .* is empty/);
});

it.each<[string, Readonly<Record<string, string>>, readonly string[], RegExp]>([
  [
    'a file that is not there',
    {},
    [...plain, '--input', 'no.xyz'],
    /^no\.xyz cannot be read: there is no such file/,
  ],
  [
    'weights that are not there',
    { 'm.xyz': molecules[0]! },
    ['--weights', 'no', '--input', 'm.xyz'],
    /^There is no file no/,
  ],
  [
    'weights that are none',
    { 'm.xyz': molecules[0]! },
    ['--weights', 'm.xyz', '--input', 'm.xyz'],
    /^m\.xyz is not a safetensors file/,
  ],
  [
    'weights that do not say of what',
    { 'm.xyz': molecules[0]! },
    ['--weights', pygWeights, '--input', 'm.xyz'],
    /name it with --model/,
  ],
  [
    'weights of other sizes',
    { 'm.xyz': molecules[0]! },
    ['--model', 'schnet', '--weights', pygWeights, '--input', 'm.xyz'],
    /tensor "embedding\.weight" has the shape \[100,16\], and the model's is \[100,128\]/,
  ],
  [
    'an element the model does not know',
    { 'm.xyz': `${molecules.join('')}2\nname=heavy\nC 0 0 0\nLr 0 0 1\n` },
    [...plain, '--input', 'm.xyz', '--batch', '1'],
    /^m\.xyz, molecule 4 \("heavy"\): .* has Lr \(103\)/,
  ],
  [
    'a position that is not a number',
    { 'm.xyz': '1\n\nC 0 nan 0\n' },
    [...plain, '--input', 'm.xyz'],
    /^m\.xyz, line 3 .*position must be three numbers/,
  ],
  [
    'an empty molecule',
    { 'm.xyz': `${molecules[0]}0\n\n` },
    [...plain, '--input', 'm.xyz'],
    /^m\.xyz, line 6 \(frame 2\)/,
  ],
  ['an empty file', { 'm.xyz': '' }, [...plain, '--input', 'm.xyz'], /^m\.xyz holds no molecules/],
  [
    'molecules without positions',
    { 'm.csv': 'smiles\nCCO\n' },
    [...plain, '--input', 'm.csv'],
    /^m\.csv: .*no atom positions/,
  ],
  [
    'an unknown kind of file',
    { 'm.pdb': 'x' },
    [...plain, '--input', 'm.pdb'],
    /^m\.pdb is of no kind that can be read/,
  ],
  [
    'options that are no JSON',
    {},
    ['--weights', pygWeights, '--options', '{', '--input', 'm.xyz'],
    /--options.*must be JSON/s,
  ],
  [
    'an unknown option',
    { 'm.xyz': molecules[0]! },
    ['--model', 'schnet', '--weights', pygWeights, '--options', '{"depth":3}', '--input', 'm.xyz'],
    /options\.depth: is not known here/,
  ],
  ['no input', {}, [...plain], /--input <file>/],
])('predict refuses %s with a sentence and nothing else', async (_, files, words, sentence) => {
  const { call } = folder(files);
  const { code, stdout, stderr } = await call('predict', ...words, '--json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(sentence);
});

/** Carbon monoxide, and what each model does not know in its place. */
const pair = (first: string) =>
  `m\n  made up\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n    0.0000    0.0000    0.0000 ${first.padEnd(3)} 0  0\n` +
  '    0.0000    0.0000    1.2000 O   0  0\n  1  2  2  0\nM  END\n$$$$\n';

it.each([
  ['schnet', 'Lr', /^odd\.sdf, molecule 1 \("m"\): SchNet knows the elements up to Es \(99\)/],
  ['dimenet', 'Bk', /^odd\.sdf, molecule 1 \("m"\): DimeNet knows the elements 1 to 94/],
  ['nnconv', 'S', /^odd\.sdf, molecule 1 \("m"\): .* know H, C, N, O and F; a molecule has S/],
  ['pna', 'Si', /^odd\.sdf: .*type "Si".*none of ZINC's 28/],
] as const)(
  '%s refuses weights of other sizes and atoms it does not know (%s)',
  async (name, element, sentence) => {
    const { model } = resolveModel({ name, preset: 'small', options: {} });
    const about = weightCard.parse({
      version: '0',
      model: { name, preset: 'small' },
      target: { name: 'gap', unit: 'eV', mean: 0, std: 1 },
      dataset: { name: 'bundled' },
      epoch: 0,
      validationMae: null,
    });
    const parameters = initialiseParameters(model.layout, 1);
    const buffers = startBuffers(model, { degreeHistogram: [0, 2] });
    const { call } = folder({
      'w.safetensors': encodeWeights(model, { parameters, buffers }, about),
      'odd.sdf': pair(element),
      'good.sdf': pair('C'),
    });
    const predict = (input: string, ...words: string[]) =>
      call('predict', '--weights', 'w.safetensors', '--input', input, '--json', ...words);
    const good = await predict('good.sdf');
    expect(good.code, good.stderr).toBe(0);
    expect(linesOf(good.stdout)).toMatchObject([{ id: 'm', prediction: expect.any(Number) }]);
    const odd = await predict('odd.sdf');
    expect(odd).toMatchObject({ code: 2, stdout: '' });
    expect(odd.stderr).toMatch(sentence);
    const wider = await predict('good.sdf', '--preset', 'paper');
    expect(wider).toMatchObject({ code: 2, stdout: '' });
    expect(wider.stderr).toMatch(
      /^w\.safetensors, tensor ".*" has the shape \[.*\], and the model's is \[.*\]\./,
    );
  },
);

it('PNA predicts from SMILES and from JSON graphs alike, and says what it cannot', async () => {
  const pna = spec('{ name: pna, preset: small }').replace('epochs: 3', 'epochs: 1');
  const { cwd, call } = folder({
    'spec.yaml': pna,
    'm.csv': 'id,smiles\na,CCO\nb,CC(=O)[O-]\n',
    'm.jsonl':
      '{"id":"a","nodes":[0,0,1],"edges":[[0,1,1],[1,2,1]]}\n' +
      '{"id":"b","nodes":[0,0,1,7],"edges":[[0,1,1],[1,2,2],[1,3,1]]}\n',
    'odd.csv': 'smiles\nCCO\nC[Si](C)C\n',
    'odd.jsonl': '{"nodes":[28],"edges":[]}\n',
    'flat.xyz': molecules.join(''),
  });
  const { stdout } = await call('run', 'spec.yaml', '--json', '--out', 'out');
  const [run] = linesOf(stdout).at(-1).runs;
  expect(run.state).toBe('succeeded');
  const weights = join(cwd, 'out', 'attempts', run.run, '1', 'last.safetensors');
  const predict = (input: string) => call('predict', '--weights', weights, '--input', input, '--json');
  const fromSmiles = await predict('m.csv');
  expect(linesOf(fromSmiles.stdout).map(({ id }) => id)).toEqual(['a', 'b']);
  expect((await predict('m.jsonl')).stdout).toBe(fromSmiles.stdout);
  for (const [input, sentence] of [
    ['odd.csv', /^odd\.csv, line 3: .*type "Si"/],
    ['odd.jsonl', /^odd\.jsonl, line 1: nodes\.0: /],
    ['flat.xyz', /^flat\.xyz: .*no bonds/],
  ] as const) {
    const refused = await predict(input);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(sentence);
  }
  // What batches have told it of its atoms counts, too.
  const score = await call('evaluate', '--weights', weights, '--json');
  expect(linesOf(score.stdout)[0].mae).toBeCloseTo(run.testMae, 5);
});

/** Chains with an oxygen, a nitrogen or a double bond somewhere, and how many atoms they have. */
function* chains(): Generator<readonly [smiles: string, size: number]> {
  for (let length = 2; length < 10; length++) {
    for (const end of ['O', 'N', 'C=C', '[NH3+]', 'c1ccccc1']) {
      yield [`${'C'.repeat(length)}${end}`, length + (end.match(/[CNOc]/g)?.length ?? 0)];
    }
  }
}

it('a SMILES table becomes a data set that PNA trains on by its own split and is evaluated on, whole or in part', async () => {
  const rows = [...chains()].map(([smiles, size], k) => {
    const part = k % 5 === 4 ? (k % 2 === 0 ? 'val' : 'test') : 'train';
    return `${smiles},${size},${part}`;
  });
  const official = spec('{ name: pna, preset: small }')
    .replace(/dataset: .*/, 'dataset: { name: chains, split: { named: official } }')
    .replace('epochs: 3', 'epochs: 2');
  const { call } = folder({
    'chains.csv': `smiles,size [atoms],split\n${rows.join('\n')}\n`,
    'more.csv': 'smiles,size [atoms]\nCCCCO,5\nCCCCN,5\nc1ccccc1C,7\n',
    'spec.yaml': official,
    'radius.yaml': official.replace('pna', 'dimenet'),
  });
  const ok = async (...words: string[]) => {
    const done = await call(...words, '--json');
    expect(done.code, done.stderr).toBe(0);
    return linesOf(done.stdout);
  };
  expect(await ok('dataset', 'import', 'chains.csv', '--name', 'chains')).toMatchObject([
    {
      molecules: 40,
      targets: [{ name: 'size', unit: 'atoms' }],
      split: { train: 32, validation: 4, test: 4 },
    },
  ]);
  await ok('dataset', 'import', 'more.csv', '--name', 'more');
  const info = await call('dataset', 'info', 'chains');
  expect(info.stdout).toMatch(
    /40 molecules with bonds and no positions\.\nIts own split, "official": 32 for tr/,
  );

  const lines = await ok('run', 'spec.yaml', '--out', 'out');
  expect(lines.find(({ type }) => type === 'started')).toMatchObject({
    trainSamples: 32,
    validationSamples: 4,
  });
  const [run] = lines.at(-1).runs;
  const weights = join('out', 'attempts', run.run, '1', 'last.safetensors');
  const evaluate = async (...words: string[]) => (await ok('evaluate', '--weights', weights, ...words))[0];
  const test = await evaluate();
  expect(test).toMatchObject({ dataset: 'chains', split: 'test', target: 'size', unit: 'atoms', count: 4 });
  expect(test.mae).toBeCloseTo(run.testMae, 5);
  expect(await evaluate('--split', 'all')).toMatchObject({ split: 'all', count: 40 });
  expect(await evaluate('--dataset', 'more', '--split', 'all')).toMatchObject({ dataset: 'more', count: 3 });

  const refused = await call('run', 'radius.yaml', '--json');
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(
    /models\.0\.name: dimenet: the molecules of "chains" have no atom positions/,
  );
});

it('a model begun with "new" trains, predicts and evaluates, wherever its folder lies', async () => {
  const { cwd, call } = folder({
    'm.xyz': molecules.join(''),
    'litmatter.config.ts':
      "import { defineConfig } from '@litmatter/training';\n\nexport default defineConfig({ models: [], datasets: [] });\n",
  });
  expect(await call('new', 'model', 'my-model')).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await call('run', 'my-model.yaml', '--json', '--out', 'out');
  expect(code, stderr).toBe(0);
  const [run] = linesOf(stdout).at(-1).runs;
  expect(run).toMatchObject({ model: 'my-model', state: 'succeeded', epochs: 5 });
  expect(run.trainLoss).toBeLessThan(run.firstTrainLoss);
  const weights = join(cwd, 'out', 'attempts', run.run, '1', 'weights.safetensors');
  const predicted = await call('predict', '--weights', weights, '--input', 'm.xyz', '--json');
  expect(linesOf(predicted.stdout).map(({ id }) => id)).toEqual(['water', 'ethanol', 'HCN']);
  const score = linesOf(
    (await call('evaluate', '--weights', weights, '--split', 'validation', '--json')).stdout,
  )[0];
  expect(score.mae).toBeCloseTo(run.bestValidationMae, 5);
  expect((await call('new', 'model', 'my-model')).code).toBe(2);
});

it('a data set begun with "new" says what it needs, and is trained on once it has it', async () => {
  const { cwd, call } = folder({ 'litmatter.config.ts': '' });
  expect((await call('new', 'dataset', 'lab')).code).toBe(0);
  // A config that is not ours to change is left alone.
  expect(readFileSync(join(cwd, 'litmatter.config.ts'), 'utf8')).toBe('');
  writeFileSync(
    join(cwd, 'litmatter.config.ts'),
    "import { defineConfig } from '@litmatter/training';\nimport { lab } from './lab.ts';\nexport default defineConfig({ datasets: [lab] });\n",
  );
  const info = await call('dataset', 'info', 'lab');
  const [, place] = /Put molecules\.xyz into (\S+)\.\n/.exec(info.stdout)!;
  mkdirSync(place!, { recursive: true });
  writeFileSync(
    join(place!, 'molecules.xyz'),
    Array.from(
      { length: 60 },
      (_, m) => `2\nProperties=species:S:1:pos:R:3 energy=${m % 7}\nC 0 0 0\nO 0 0 ${1 + (m % 7) / 10}\n`,
    ).join(''),
  );
  const { code, stdout, stderr } = await call('run', 'lab.yaml', '--json');
  expect(code, stderr).toBe(0);
  expect(linesOf(stdout).at(-1).runs[0]).toMatchObject({ state: 'succeeded' });
});

it('a law begun with "new" is fitted beside the others', async () => {
  const { call } = folder({ 'points.csv': 'devices,seconds\n1,10\n2,5.3\n4,2.8\n8,1.6\n16,1.1\n' });
  expect((await call('new', 'law', 'doubling')).code).toBe(0);
  const { code, stdout, stderr } = await call('fit', 'points.csv', '--law', 'doubling.ts', '--json');
  expect(code, stderr).toBe(0);
  expect(linesOf(stdout)[0].laws.map(({ name }: { name: string }) => name)).toContain('doubling');
  for (const [file, sentence] of [
    ['no.ts', /There is no file no\.ts/],
    ['litmatter.config.ts', /exports no law/],
  ] as const) {
    const refused = await call('fit', 'points.csv', '--law', file);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(sentence);
  }
});
