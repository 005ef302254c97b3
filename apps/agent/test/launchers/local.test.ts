import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runSpec } from '@litmatter/protocol';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RankJob, rankJob } from '../../src/job.ts';
import { localLauncher } from '../../src/launchers/local.ts';
import { findByArgument, startOf } from '../../src/launchers/processes.ts';
import { someSpec, temporaryFolder } from '../support.ts';

/** A program in place of the rank's, and the job it is started with. */
function setUp(body: string, folder = temporaryFolder()) {
  const program = join(folder, 'program.mjs');
  writeFileSync(program, `import { readFileSync, writeFileSync } from 'node:fs';\n${body}\n`);
  const { models, dataset, training, launcher, backend } = someSpec();
  const job: RankJob = {
    run: 'x.0',
    attempt: 1,
    spec: runSpec.parse({ model: models[0], dataset, training, launcher, backend, devices: 1, repeat: 0 }),
    folder: join(folder, 'attempts', "it's; $(touch pwned) `x` & |"),
    dataFolder: folder,
    config: null,
    hub: null,
  };
  onTestFinished(() => {
    const pid = findByArgument(join(job.folder, 'job.json'));
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  });
  return { job, folder, launcher: localLauncher({ program }) };
}

const forever = 'setInterval(() => {}, 1000);';

describe('the local launcher', () => {
  it('starts the program with the job file, whatever characters its path holds', async () => {
    const { job, folder, launcher } = setUp(
      `const file = process.argv[process.argv.indexOf('--job') + 1];
       writeFileSync(${JSON.stringify(join(temporaryFolder(), 'seen'))}, file);
       console.error('read ' + JSON.parse(readFileSync(file, 'utf8')).run);
       process.exit(3);`,
    );
    const { ended } = await launcher.launch(job);
    expect(await ended).toEqual({ code: 3, signal: null, tail: 'read x.0' });
    const file = join(job.folder, 'job.json');
    expect(rankJob.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual(job);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
    expect(existsSync('pwned')).toBe(false);
  });

  it('launches an attempt once, however often it is asked to', async () => {
    const { job, launcher } = setUp(forever);
    const first = await launcher.launch(job);
    const again = await launcher.launch(job);
    expect(again.reference).toBe(first.reference);
    await first.cancel(5);
    expect((await again.ended).code).toBeNull();
  });

  it('finds an attempt again by its reference, or without one by its job file, and not once it is gone', async () => {
    const { job, launcher } = setUp(forever);
    const { reference, cancel, ended } = await launcher.launch(job);
    expect((await launcher.adopt(job, reference))?.reference).toBe(reference);
    expect((await launcher.adopt(job, null))?.reference).toBe(reference);
    // The same process id, another life of it.
    expect(await launcher.adopt(job, reference.replace(/ .*/, ' 1@other'))).toBeUndefined();
    await cancel(5);
    await ended;
    expect(await launcher.adopt(job, reference)).toBeUndefined();
    expect(await launcher.adopt(job, null)).toBeUndefined();
  });

  it('asks first and forces after, the whole group', async () => {
    const { job, folder, launcher } = setUp(
      `import { spawn } from 'node:child_process';
       process.on('SIGUSR2', () => writeFileSync(process.argv[1] + '.asked', ''));
       const child = spawn(process.execPath, ['-e', ${JSON.stringify(forever)}]);
       writeFileSync(process.argv[1] + '.child', String(child.pid));
       ${forever}`,
    );
    const { cancel, ended } = await launcher.launch(job);
    const note = (name: string) => join(folder, `program.mjs.${name}`);
    await vi.waitFor(
      () => expect(existsSync(note('child')) && readFileSync(note('child'), 'utf8')).toBeTruthy(),
      10_000,
    );
    await cancel(0.3);
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
    expect(existsSync(note('asked'))).toBe(true);
    await vi.waitFor(() => expect(startOf(Number(readFileSync(note('child'), 'utf8')))).toBeUndefined());
  });

  it('lets the attempt outlive the process that launched it', async () => {
    const { job, folder, launcher } = setUp(forever);
    const source = new URL('../../src/launchers/local.ts', import.meta.url).href;
    const script = `
      const { localLauncher } = await import(${JSON.stringify(source)});
      await localLauncher({ program: ${JSON.stringify(join(folder, 'program.mjs'))} }).launch(${JSON.stringify(job)});
      process.kill(process.pid, 'SIGKILL');`;
    const hub = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await new Promise((resolve) => hub.on('exit', resolve));
    const found = await launcher.adopt(job, null);
    expect(found).toBeDefined();
    await found!.cancel(5);
    expect(await found!.ended).toMatchObject({ code: null, signal: null });
  });

  it('says why where a program cannot be started at all', async () => {
    const { job } = setUp(forever);
    const launcher = localLauncher({ program: '/nowhere/program.mjs' });
    const { code, tail } = await (await launcher.launch(job)).ended;
    expect(code).toBe(1);
    expect(tail).toMatch(/Cannot find module/);
  });
});
