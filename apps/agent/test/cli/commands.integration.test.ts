import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { datasetCard, plan, runEvent } from '@litmatter/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, litmatter, serve, until } from '../programs.ts';
import { temporaryFolder } from '../support.ts';

/** The spec of CLI.md, smaller where a test only needs some run. */
const contract = `
name: SchNet on the bundled molecules
models:
  - { name: schnet, preset: small }
dataset: { name: bundled, target: dipole, limit: 1000, split: { train: 0.8, validation: 0.1, test: 0.1, seed: 42 } }
training: { epochs: 5, batchPerDevice: 32, learningRate: 0.001, loss: mse, schedule: plateau, seed: 42 }
devices: [1, 2]
repeats: 1
launcher: { name: local }
`;
const small = contract.replace('limit: 1000', 'limit: 100').replace('epochs: 5', 'epochs: 3');

function specFile(text: string, folder = temporaryFolder()): string {
  const file = join(folder, 'spec.yaml');
  writeFileSync(file, text.trimStart());
  return file;
}

/** A place of this test's own to work in, so that nothing is found or left in the clone. */
const elsewhere = () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'litmatter.config.ts'), 'export default {};\n');
  return { cwd, env: { LITMATTER_DATA: join(cwd, 'data') } };
};

describe('litmatter run', () => {
  it('--json prints every event, one object a line, and last a result whose loss fell', async () => {
    const { cwd, env } = elsewhere();
    const { code, stdout } = await litmatter(['run', specFile(contract), '--json'], { cwd, env }).finished;
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const result = lines.pop();
    const events = lines.map((line) => runEvent.parse(line));
    expect(events.map(({ type }) => type).filter((type) => type !== 'log')).toEqual(
      [1, 2].flatMap(() => ['started', ...Array(5).fill('epoch'), 'ended']),
    );
    expect(result.type).toBe('result');
    expect(result.runs.map((run: { devices: number; state: string }) => [run.devices, run.state])).toEqual([
      [1, 'succeeded'],
      [2, 'succeeded'],
    ]);
    for (const run of result.runs) expect(run.trainLoss).toBeLessThan(run.firstTrainLoss);
    // Two device counts allow no exponent, and the result says so instead of drawing one.
    expect(result.fits).toMatchObject([
      { points: 2, laws: [], warnings: [expect.stringMatching(/at least 3/)] },
    ]);
  });

  it('keeps what it did in a folder that export and serve read', async () => {
    const { cwd, env } = elsewhere();
    const { code, stdout, stderr } = await litmatter(['run', specFile(small)], { cwd, env }).finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/schnet small\s+2\s+succeeded\s+3/);
    expect(stderr).toMatch(/Kept in data\/runs\//);
    const [id] = readdirSync(join(cwd, 'data', 'runs'));
    const csv = await litmatter(['export', id!, '--format', 'csv'], { cwd, env }).finished;
    expect(csv.code).toBe(0);
    expect(csv.stdout.split('\r\n')).toHaveLength(1 + 6 + 1);
    const exported = join(cwd, 'epochs.csv');
    writeFileSync(exported, csv.stdout);
    const fit = await litmatter(['fit', exported, '--json'], { cwd, env }).finished;
    expect(JSON.parse(fit.stdout)).toMatchObject({
      series: 'schnet small',
      points: 2,
      deviceCounts: [1, 2],
      samples: 80,
    });
    const out = join(cwd, 'all.json');
    expect(
      (await litmatter(['export', id!, '--format', 'json', '--out', out], { cwd, env }).finished).code,
    ).toBe(0);
    const all = JSON.parse(readFileSync(out, 'utf8'));
    expect(all.runs[0].events.at(-1)).toMatchObject({ type: 'ended', state: 'succeeded' });
  });

  it('takes device counts, backend and folder from the command line', async () => {
    const { cwd, env } = elsewhere();
    const words = ['run', specFile(small), '--devices', '1', '--backend', 'cpu', '--out', 'here', '--json'];
    const { code, stdout } = await litmatter(words, { cwd, env }).finished;
    expect(code).toBe(0);
    const started = stdout
      .split('\n')
      .map((line) => (line ? JSON.parse(line) : {}))
      .filter(({ type }) => type === 'started');
    expect(started.map(({ devices, ranks }) => [devices, ranks[0].backend])).toEqual([[1, 'cpu']]);
    expect(existsSync(join(cwd, 'here', 'hub.sqlite'))).toBe(true);
  });

  it('interrupted cancels, prints the result all the same, and ends with 130', async () => {
    const { cwd, env } = elsewhere();
    const running = litmatter(['run', specFile(small.replace('epochs: 3', 'epochs: 5000')), '--json'], {
      cwd,
      env,
    });
    await running.said(/"type":"epoch"/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    expect(code).toBe(130);
    const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
    expect(last.type).toBe('result');
    expect(last.runs.map((run: { state: string }) => run.state)).toEqual(['cancelled', 'cancelled']);
    expect(stdout).toMatch(/"type":"ended"[^\n]*"state":"cancelled"/);
  });

  it('ends with 3 and the mend where this machine lacks something', async () => {
    const { cwd, env } = elsewhere();
    const words = ['run', specFile(small), '--backend', 'webgpu', '--json'];
    const bare = { ...env, LITMATTER_WEBGPU: join(cwd, 'none') };
    const { code, stdout, stderr } = await litmatter(words, { cwd, env: bare }).finished;
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/The backend "webgpu" is lacking: .*"litmatter backend install webgpu"/);
  });

  it('ends with 3 where ranks cannot be started as the spec says, and stores nothing', async () => {
    const { cwd, env } = elsewhere();
    const spec = specFile(small.replace('name: local', 'name: slurm'));
    const bare = { ...env, PATH: dirname(process.execPath) };
    const { code, stderr } = await litmatter(['run', spec], { cwd, env: bare }).finished;
    expect(stderr).toMatch(/The launcher "slurm" is lacking: There is no Slurm here\. .*choose another/);
    expect(code).toBe(3);
  });
});

describe('bad input ends with 2 and a sentence, and leaves nothing', () => {
  const cases: [string, (text: string) => string, RegExp][] = [
    [
      'an unknown key',
      (s) => s.replace('epochs:', 'epoch:'),
      /spec\.yaml: line 5, training\.epoch: is not known here/,
    ],
    ['a wrong type', (s) => s.replace('[1, 2]', '[1, two]'), /line 6, devices\.1: /],
    ['a missing key', (s) => s.replace(/^dataset:.*\n/m, ''), /line 1, dataset: is missing/],
    [
      'an unknown model',
      (s) => s.replace('schnet', 'schnot'),
      /line 3, models\.0\.name: There is no model "schnot"; there are: /,
    ],
    [
      'an unknown preset',
      (s) => s.replace('preset: small', 'preset: tiny'),
      /line 3, models\.0\.preset: .*no preset "tiny"/,
    ],
    [
      'a bad option',
      (s) => s.replace('preset: small', 'options: { cutoff: -1 }'),
      /line 3, models\.0\.options\.cutoff: /,
    ],
    [
      'an unknown data set',
      (s) => s.replace('name: bundled', 'name: bundle'),
      /line 4, dataset\.name: There is no data set "bundle"/,
    ],
    [
      'an unknown target',
      (s) => s.replace('target: dipole', 'target: taste'),
      /line 4, dataset\.target: .*no target "taste"/,
    ],
    [
      'a launcher that does not exist',
      (s) => s.replace('name: local', 'name: teleport'),
      /line 8, launcher\.name: /,
    ],
    [
      'a data set that has not been imported',
      (s) => s.replace('name: bundled, target: dipole', 'name: qm9'),
      /The data set "qm9" is not here/,
    ],
    ['no molecules to train on', (s) => s.replace('train: 0.8', 'train: 0.000001'), /none to train on/],
    ['broken YAML', (s) => s.replace('repeats: 1', 'repeats: [1'), /spec\.yaml, line \d+: /],
    ['a key that stands twice', (s) => `${s}name: again\n`, /line 9: Map keys must be unique/],
    [
      'an alias',
      (s) => s.replace('[1, 2]', '&d [1, 2]').replace('repeats: 1', 'repeats: *d'),
      /aliases|must not/,
    ],
    ['something else entirely', () => '- a\n- b\n', /a spec is a list of keys and values/],
  ];
  it.each(cases)('%s', async (_name, change, sentence) => {
    const { cwd, env } = elsewhere();
    const text = change(small.trimStart());
    expect(text).not.toBe(small.trimStart());
    const { code, stdout, stderr } = await litmatter(['run', specFile(text), '--out', 'out', '--json'], {
      cwd,
      env,
    }).finished;
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  it.each([
    [['run'], /Name a spec file/],
    [['run', 'nowhere.yaml'], /There is no file nowhere\.yaml/],
    [['run', '.'], /is a folder/],
    [['run', 'x.yaml', '--devices', '1,1'], /different whole numbers/],
    [['serve', '--port', '99999'], /0 \(any free port\) to 65535/],
    [['serve', '--base-path', '../x'], /base path/],
    [['serve', '--token-file', 'nowhere'], /token file .*nowhere does not exist/],
    [['serve', '--config', 'nowhere.ts'], /There is no config file/],
    [['submit', 'x.yaml'], /required option '--hub/],
    [['export', 'nothing', '--format', 'csv'], /There is no experiment "nothing"/],
    [['export', '../../etc/passwd', '--format', 'csv'], /is not an experiment's id/],
    [['export', 'x', '--format', 'pdf'], /Allowed choices are/],
    [['fit', 'nowhere.csv'], /There is no file nowhere\.csv/],
    [['frobnicate'], /unknown command/],
  ])('litmatter %j', async (words, sentence) => {
    const { cwd, env } = elsewhere();
    const { code, stdout, stderr } = await litmatter(words as string[], { cwd, env }).finished;
    expect(stderr).toMatch(sentence as RegExp);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

describe('litmatter serve', () => {
  it('on a port in use says which and ends with 2', async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await litmatter(['serve', '--port', String(port), '--data', temporaryFolder()])
      .finished;
    expect(code).toBe(2);
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is in use: stop what listens there or choose another with --port.\n`,
    );
  });

  it('prints one address, warns where others can reach it, and ends when asked to', async () => {
    const open = litmatter(['serve', '--host', '0.0.0.0', '--port', '0', '--data', temporaryFolder()]);
    await open.said(/\?token=/);
    open.child.kill('SIGTERM');
    const { code, stdout, stderr } = await open.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^LitMatter is at http:\S+\n$/);
    expect(stderr).toMatch(/^Warning: the hub listens on 0\.0\.0\.0/);

    const own = await serve(temporaryFolder(), await freePort());
    own.child.kill('SIGINT');
    expect(await own.finished).toMatchObject({ code: 0, stderr: '' });
  });

  it('takes what submit hands it, and refuses a wrong token', async () => {
    const { cwd, env } = elsewhere();
    const hub = await serve(join(cwd, 'hub'), await freePort(), '--base-path', '/node/h/1/');
    const spec = specFile(small.replace('[1, 2]', '[1]'));
    const given = await litmatter(['submit', spec, '--hub', `${hub.url}?token=${hub.token}`, '--json'], {
      cwd,
      env,
    }).finished;
    expect(given.code).toBe(0);
    const { id, page } = JSON.parse(given.stdout);
    expect(page).toBe(`${hub.url}experiments/${id}`);
    await until(
      () => hub.call('experiment', { params: { id } }),
      ({ experiment }) => experiment.state === 'succeeded',
    );
    const wrong = await litmatter(['submit', spec, '--hub', `${hub.url}?token=not-the-token-of-it`], {
      cwd,
      env,
    }).finished;
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/needs its token/) });
    const byFile = ['submit', spec, '--hub', hub.url, '--token-file', join(cwd, 'hub', 'token')];
    expect((await litmatter(byFile, { cwd, env }).finished).code).toBe(0);
    const bad = specFile(small.replace('schnet', 'schnot'));
    const refused = await litmatter(['submit', bad, '--hub', `${hub.url}?token=${hub.token}`], { cwd, env })
      .finished;
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/line 3, models\.0\.name: There is no model/),
    });
    expect((await hub.call('listExperiments')).experiments).toHaveLength(2);
  });
});

describe('litmatter plan, fit and doctor', () => {
  it('plan forecasts without running anything', async () => {
    const { cwd, env } = elsewhere();
    const { code, stdout } = await litmatter(['plan', specFile(small), '--json'], { cwd, env }).finished;
    expect(code).toBe(0);
    const { runs, perModelAndCount, basis } = plan.parse(JSON.parse(stdout));
    expect(runs).toBe(2);
    expect(basis).toMatch(/^A forecast, from a trial of/);
    for (const { forecast } of perModelAndCount) expect(forecast!.low).toBeLessThanOrEqual(forecast!.high);
    expect(existsSync(join(cwd, 'data', 'attempts'))).toBe(false);
  });

  it('fit --json prints one object with laws by name, and refuses a bad row by its line', async () => {
    const { cwd, env } = elsewhere();
    const file = join(cwd, 'points.csv');
    const times = [1, 2, 4, 8, 16, 32].map((n) => `${n},${0.5 + 20 / n}`);
    writeFileSync(file, `devices,seconds\n${times.join('\n')}\n`);
    const { code, stdout } = await litmatter(['fit', file, '--json'], { cwd, env }).finished;
    expect(code).toBe(0);
    const fit = JSON.parse(stdout);
    const law = (name: string) => fit.laws.find((one: { name: string }) => one.name === name);
    expect(fit.points).toBe(6);
    expect(law('power')).toMatchObject({
      alpha: expect.any(Number),
      beta: expect.any(Number),
      betaInterval: [expect.any(Number), expect.any(Number)],
    });
    expect(law('overhead').c).toBeCloseTo(0.5, 6);
    expect(law('overhead').nHalf).toBeCloseTo(40, 4);
    writeFileSync(file, 'devices,seconds\n1,10\n2,minus\n');
    const bad = await litmatter(['fit', file], { cwd, env }).finished;
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringMatching(/points\.csv, line 3: seconds/) });
  });

  it('dataset lists, describes and verifies what there is', async () => {
    const { cwd, env } = elsewhere();
    const list = await litmatter(['dataset', 'list', '--json'], { cwd, env }).finished;
    const cards = list.stdout
      .trimEnd()
      .split('\n')
      .map((line) => datasetCard.parse(JSON.parse(line)));
    expect(cards[0]).toMatchObject({ name: 'bundled', available: true });
    expect(cards.find(({ name }) => name === 'qm9')).toMatchObject({
      available: false,
      mend: expect.any(String),
    });
    const info = await litmatter(['dataset', 'info', 'bundled'], { cwd, env }).finished;
    expect(info.stdout).toMatch(/dipole \*\s+D\s+[\d.]+\s+[\d.]+\s+Dipole moment/);
    const verified = await litmatter(['dataset', 'verify', 'bundled', '--json'], { cwd, env }).finished;
    expect(JSON.parse(verified.stdout)).toMatchObject({ valid: true, molecules: cards[0]!.molecules });
    const missing = await litmatter(['dataset', 'verify', 'qm9'], { cwd, env }).finished;
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/QM9 is not here/) });
    const broken = join(cwd, 'gdb9.sdf');
    writeFileSync(broken, 'not an SDF');
    const refused = await litmatter(['dataset', 'import', broken, '--name', 'qm9'], { cwd, env }).finished;
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/is not given/) });
    expect(existsSync(join(cwd, 'data', 'datasets', 'qm9'))).toBe(false);
  });

  it('dataset import makes a set of own files that then trains; a set without geometry is refused where it is needed', async () => {
    const { cwd, env } = elsewhere();
    const xyz = join(cwd, 'water.xyz');
    const water = (i: number) =>
      `3\nenergy=${(i * 0.1).toFixed(2)} Properties=species:S:1:pos:R:3\nO 0 0 0\nH 0 0 ${0.9 + i / 100}\nH 0 ${0.9 + i / 100} 0\n`;
    writeFileSync(xyz, Array.from({ length: 40 }, (_, i) => water(i)).join(''));
    const smiles = join(cwd, 'own.csv');
    writeFileSync(smiles, 'smiles,logp\nCCO,1\nCCN,2\nCC=O,3\n');
    for (const [file, name] of [
      [xyz, 'water'],
      [smiles, 'own'],
    ]) {
      const made = await litmatter(['dataset', 'import', file!, '--name', name!, '--json'], { cwd, env })
        .finished;
      expect(made.code).toBe(0);
      expect(JSON.parse(made.stdout).name).toBe(name);
    }
    const of = (name: string) =>
      specFile(
        `name: x\nmodels: [{ name: schnet }]\ndataset: { name: ${name} }\ndevices: [1]\ntraining: { epochs: 1, batchPerDevice: 8 }\n`,
      );
    expect((await litmatter(['run', of('water'), '--json'], { cwd, env }).finished).code).toBe(0);
    const refused = await litmatter(['run', of('own'), '--json'], { cwd, env }).finished;
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /line 2, models\.0\.name: schnet: the molecules of "own" have no atom positions.*\.sdf/,
    );
  });

  it('doctor --json says what is there and what mends what is not', async () => {
    const { cwd, env } = elsewhere();
    const { code, stdout } = await litmatter(['doctor', '--json'], { cwd, env }).finished;
    expect(code).toBe(0);
    const { findings, backends, launchers } = JSON.parse(stdout);
    expect(findings.map((finding: { name: string }) => finding.name)).toEqual(
      expect.arrayContaining([
        'Node',
        'Cores',
        'Data folder',
        'MPI',
        'Slurm',
        'Launcher local',
        'Backend wasm',
      ]),
    );
    expect(launchers[0]).toMatchObject({ name: 'local', available: true });
    expect(backends.some((backend: { available: boolean }) => backend.available)).toBe(true);
    // It looks, and leaves nothing.
    expect(existsSync(join(cwd, 'data'))).toBe(false);
  });
});
