import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { causeInLog } from '../../src/launchers/cause.ts';

const script = fileURLToPath(new URL('../../src/launchers/tell-signal.sh', import.meta.url));

const run = (code: string) =>
  spawnSync('/bin/sh', [script, process.execPath, '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, PMI_RANK: '3' },
  });

describe('the shell beside a rank', () => {
  it('says of a killed one its rank, host and signal, as the log is read', () => {
    const { stderr, status } = run('process.kill(process.pid, "SIGKILL")');
    expect(stderr.trim().split('\n').at(-1)).toBe(`rank 3 on ${hostname()} was killed (signal 9)`);
    expect(status).toBe(137);
    expect(causeInLog(stderr)?.sentence).toMatch(/^rank 3 on \S+ was killed \(signal 9\)/);
  });

  it.each([0, 1, 2, 75, 130])('passes the code %i on and adds nothing', (code) => {
    expect(run(`process.exit(${code})`)).toMatchObject({ status: code, stderr: '' });
  });

  it('leaves signals to the rank, and waits for it', async () => {
    const handles =
      'process.on("SIGUSR1", () => setTimeout(() => process.exit(4), 200)); console.log("up"); setInterval(() => {}, 1000)';
    const child = spawn('/bin/sh', [script, process.execPath, '-e', handles], { detached: true });
    await once(child.stdout, 'data');
    // To the whole group, as mpirun does.
    process.kill(-child.pid!, 'SIGUSR1');
    await sleep(50);
    expect(child.exitCode).toBeNull();
    expect(await once(child, 'exit')).toEqual([4, null]);
  });
});
