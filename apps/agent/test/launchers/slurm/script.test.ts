import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  experimentSpec,
  type LauncherChoice,
  runSpec,
  type SiteConfigInput,
  siteConfig,
} from '@litmatter/protocol';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { RankJob } from '../../../src/job.ts';
import { allocationOf, allocationScript, Turns } from '../../../src/launchers/slurm/allocation.ts';
import { nodeToAvoid } from '../../../src/launchers/slurm/script.ts';

interface Wanted {
  readonly folder?: string;
  readonly devices?: number;
  readonly launcher?: Partial<LauncherChoice>;
  readonly site?: SiteConfigInput['slurm'];
}

function jobOf({ folder = '/home/ann/x/2', devices = 4, launcher = {} }: Wanted): RankJob {
  return {
    run: 'x.0',
    attempt: 2,
    spec: runSpec.parse({
      ...{ model: { name: 'schnet' }, dataset: { name: 'bundled' }, training: {}, devices, repeat: 0 },
      ...{ launcher: { name: 'slurm', ...launcher }, backend: 'auto' },
    }),
    folder,
    dataFolder: folder,
    config: null,
    hub: null,
  };
}

const scriptOf = (wanted: Wanted = {}) => {
  const job = jobOf(wanted);
  return allocationScript(allocationOf(job), job.spec.launcher, {
    site: siteConfig.parse({ slurm: wanted.site ?? {} }).slurm,
    node: '/opt/node',
    program: '/opt/rank.ts',
  });
};

const bin = mkdtempSync(join(tmpdir(), 'litmatter-script-'));
afterAll(() => rmSync(bin, { recursive: true }));
writeFileSync(join(bin, 'srun'), '#!/bin/sh\nprintf "%s\\0" "$@"\n');
chmodSync(join(bin, 'srun'), 0o755);

/** The words that srun would get: the script as bash runs it, in an empty folder, its output in the job's. */
function srunWords(script: string, job: RankJob): string[] {
  const { folder } = job;
  const env = { PATH: `${bin}${delimiter}${process.env.PATH}` };
  const empty = mkdtempSync(join(bin, 'cwd-'));
  mkdirSync(folder, { recursive: true });
  new Turns(allocationOf(job)).add(job);
  execFileSync('bash', ['-s'], { input: script, env, cwd: empty });
  expect(readdirSync(empty)).toEqual([]);
  const log = join(folder, 'rank.log');
  const out = readFileSync(log, 'utf8');
  rmSync(log);
  return out.split('\0').slice(0, -1);
}

describe('the batch script', () => {
  it('asks for a rank a device, and for what site and spec say, the spec before the site', () => {
    const script = scriptOf({
      launcher: { partition: 'gpu', timeLimit: '1:30:00' },
      site: {
        partition: 'main',
        account: 'chem',
        gpus: true,
        directives: ['--constraint=v100'],
        setup: ['module load openmpi'],
      },
    });
    const digest = createHash('sha256').update('/home/ann/x/allocation').digest('hex').slice(0, 8);
    expect(script.slice(0, script.indexOf('shopt'))).toBe(`#!/bin/bash
#SBATCH --job-name=litmatter.x.0.${digest}.1
#SBATCH --ntasks=4
#SBATCH --gpus-per-task=1
#SBATCH --partition=gpu
#SBATCH --account=chem
#SBATCH --time=1:30:00
#SBATCH --signal=USR1@60
#SBATCH --output=/dev/null
#SBATCH --no-requeue
#SBATCH --constraint=v100
#SBATCH --no-kill

exec >> '/home/ann/x/allocation/allocation.log' 2>&1
module load openmpi
cd '/home/ann/x/allocation' || exit 1
`);
    expect(script).toContain(
      `srun --mpi=pmix --kill-on-bad-exit=1 --wait=5 "\${without[@]}" --ntasks="$devices" --job-name="litmatter.$turn" ` +
        `'/opt/node' '/opt/rank.ts' --job "$run/job.json" < /dev/null >> "$run/rank.log" 2>&1`,
    );
  });

  it('asks for no GPU where none is wanted', () => {
    expect(scriptOf({ launcher: { gpus: false }, site: { gpus: true } })).not.toContain('gpu');
  });

  it('hands srun the very path of the job file, whatever characters it holds', () => {
    const nasty = fc.constantFrom(...`'"\\\`$(){}[]|&;<>*?!#~% \u00e4\u2028ab-`);
    const path = fc.oneof(
      fc.string({ unit: nasty, minLength: 1, maxLength: 30 }),
      // biome-ignore lint/suspicious/noControlCharactersInRegex: refused, see below
      fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\u0000-\u001f\u007f/]/.test(text)),
    );
    fc.assert(
      fc.property(path, (name) => {
        const folder = join(mkdtempSync(join(bin, 'run-')), `x${name}`, '2');
        const script = scriptOf({ folder });
        expect(script.split('\n')).toHaveLength(scriptOf().split('\n').length);
        expect(srunWords(script, jobOf({ folder })).slice(-4)).toEqual([
          '/opt/node',
          '/opt/rank.ts',
          '--job',
          join(folder, 'job.json'),
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it('is not made of a path that could begin a line of its own', () => {
    for (const character of ['\n', '\r', '\0', '\u001b', '\u007f']) {
      expect(() => scriptOf({ folder: `/data/x${character}touch pwned/2` })).toThrow(
        /without control characters/,
      );
    }
  });

  it('has no more lines than it should, whatever a spec says of partition, account, quality and time', () => {
    const lines = (script: string) => script.split('\n').length;
    const field = fc.constantFrom('partition', 'account', 'qos', 'timeLimit');
    const text = fc.oneof(
      fc.string({
        unit: fc.constantFrom('\n', '\r', ' ', '#', '-', '=', ';', '$', "'", '"', 'a', '1', ':'),
        maxLength: 12,
      }),
      fc.stringMatching(/^[a-z0-9:-]{1,8}$/),
    );
    fc.assert(
      fc.property(field, text, (name, value) => {
        const launcher = { name: 'slurm', [name]: value };
        const read = experimentSpec.shape.launcher.safeParse(launcher);
        if (!read.success) return;
        const extra = name === 'timeLimit' ? 2 : 1;
        expect(lines(scriptOf({ launcher: read.data }))).toBe(lines(scriptOf()) + extra);
      }),
    );
  });

  it('takes directives of a site only as options of one line', () => {
    for (const directive of ['--mem=4G\n#SBATCH --uid=0', 'touch pwned', '-N 4']) {
      expect(siteConfig.safeParse({ slurm: { directives: [directive] } }).success).toBe(false);
    }
  });

  it('of an attempt that goes on stays away from the node that the one before has lost', () => {
    const job = (because: string | null) => ({ ...jobOf({}), resume: { because } });
    expect(nodeToAvoid(job('rank 2 on n3 did not answer for 5 s: its host cannot be reached.'))).toBe('n3');
    for (const other of [job('rank 2 on n3 was killed (signal 9).'), job(null), jobOf({})]) {
      expect(nodeToAvoid(other)).toBeUndefined();
    }
  });
});
