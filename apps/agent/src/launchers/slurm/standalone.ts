import { type ExperimentSpec, InputError, type SlurmSite } from '@litmatter/protocol';
import { stringify } from 'yaml';
import { litmatterProgram } from '../../folders.ts';
import { directives, shellQuoted, surviving } from './script.ts';

export interface StandaloneOptions {
  readonly site: SlurmSite;
  /** Where downloaded and cached data sets lie: a data folder of litmatter's. */
  readonly dataFolder: string;
  readonly config: string | null;
  /** What runs `litmatter`. */
  readonly node?: string;
  readonly program?: string;
}

/** Ahead of a time limit, the experiment gets so many seconds to end its run and to write its result. */
const saveSeconds = 90;
const end = 'LITMATTER_SPEC';

/**
 * A batch script that holds a whole spec and needs no hub: `sbatch job.sh` gets one allocation of as many devices as
 * the largest run has, in which `litmatter run --in-allocation` starts the runs one after another. Log and results are
 * left in the folder that sbatch is called in: litmatter-JOB.log, litmatter-JOB/.
 *
 * @throws InputError where the spec cannot stand in a script
 */
export function standaloneScript(spec: ExperimentSpec, options: StandaloneOptions): string {
  const { site, dataFolder, config, node = process.execPath, program = litmatterProgram } = options;
  const asked = [
    ...directives({
      name: 'litmatter',
      devices: Math.max(...spec.devices),
      launcher: spec.launcher,
      site,
      output: 'litmatter-%j.log',
      // To the script's own process alone: it asks the ranks.
      signal: `B:TERM@${saveSeconds}`,
    }),
    surviving,
  ];
  const text = stringify({ ...spec, launcher: { ...spec.launcher, name: 'slurm' } }, { lineWidth: 100 });
  if (text.split(/\r?\n/).includes(end)) {
    throw new InputError(`A spec with a line "${end}" cannot be put into a script: take it out.`);
  }
  const words = [
    ...[shellQuoted(node), shellQuoted(program), 'run', '"$folder/spec.yaml"'],
    ...['--in-allocation', '--out', '"$folder"'],
    ...(config === null ? [] : ['--config', shellQuoted(config)]),
  ];
  return `#!/bin/bash
${asked.map((directive) => `#SBATCH ${directive}`).join('\n')}

${site.setup.map((line) => `${line}\n`).join('')}folder="$PWD/litmatter-$SLURM_JOB_ID"
mkdir -p "$folder"
cat > "$folder/spec.yaml" <<'${end}'
${text}${end}
export LITMATTER_DATA=${shellQuoted(dataFolder)}
# Afterwards: litmatter serve --data "$folder", or litmatter export ID --data "$folder" (result.json has the id)
exec ${words.join(' ')}
`;
}
