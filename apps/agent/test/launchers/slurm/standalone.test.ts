import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { experimentSpec, siteConfig } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpecFile } from '../../../src/cli/spec-file.ts';
import { standaloneScript } from '../../../src/launchers/slurm/standalone.ts';
import { someSpec, temporaryFolder } from '../../support.ts';

const { slurm: site } = siteConfig.parse({
  slurm: { timeLimit: '1:00:00', setup: ['# module load openmpi'] },
});

describe('a batch script that needs no hub', () => {
  it('asks for the devices of the largest run, and tells only its own process of the time limit', () => {
    const script = standaloneScript(someSpec({ devices: [1, 8, 2] }), {
      site,
      dataFolder: '/d',
      config: null,
    });
    expect(script).toMatch(/^#SBATCH --ntasks=8$/m);
    expect(script).toMatch(/^#SBATCH --time=1:00:00\n#SBATCH --signal=B:TERM@90$/m);
    expect(script).toMatch(/^# module load openmpi\nfolder=/m);
  });

  it('leaves the very spec in its folder, whatever its name, and hands litmatter the paths as they are', () => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, 'node'), '#!/bin/sh\nprintf "%s\\0" "$LITMATTER_DATA" "$@"\n');
    chmodSync(join(bin, 'node'), 0o755);
    const unit = fc.constantFrom(...`'"\\\`$(){}&;<>*!#~% äLITMATTER_SPEC\n`);
    const text = fc.string({ unit, minLength: 1, maxLength: 40 }).filter((name) => name.trim() !== '');
    fc.assert(
      fc.property(text, (name) => {
        const spec = someSpec({ name: `${name}\nLITMATTER_SPEC\n${name}`, launcher: { name: 'slurm' } });
        const dataFolder = `/data/${name.replaceAll('\n', '')}`;
        const input = standaloneScript(spec, {
          ...{ site, dataFolder, config: `${dataFolder}/c.ts` },
          ...{ node: join(bin, 'node'), program: '/main.ts' },
        });
        const cwd = temporaryFolder();
        const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, SLURM_JOB_ID: '7' };
        const said = execFileSync('bash', ['-s'], { input, cwd, env, encoding: 'utf8' });
        const folder = join(cwd, 'litmatter-7');
        expect(said.split('\0').slice(0, -1)).toEqual([
          ...[dataFolder, '/main.ts', 'run', `${folder}/spec.yaml`],
          ...['--in-allocation', '--out', folder, '--config', `${dataFolder}/c.ts`],
        ]);
        expect(readSpecFile(join(folder, 'spec.yaml')).spec).toEqual(experimentSpec.parse(spec));
        expect(readFileSync(join(folder, 'spec.yaml'), 'utf8')).toContain('devices');
      }),
      { numRuns: 15 },
    );
  });
});
