import { join, resolve } from 'node:path';
import type { ExperimentSpec, Plan } from '@litmatter/protocol';
import { Command } from 'commander';
import { configFile, loadRegistry } from '../config.ts';
import { datasetFolder, defaultDataFolder } from '../folders.ts';
import { lacksOf } from '../hub/check.ts';
import { Planner } from '../hub/plan.ts';
import { Store } from '../hub/store.ts';
import { builtInLaunchers, launcherNamed } from '../launchers/registry.ts';
import { deviceCounts, overridden } from './options.ts';
import { printTable } from './report.ts';
import { readSpecFile, type SpecFile, sayingLines } from './spec-file.ts';
import { secondsText } from './words.ts';

interface PlanFlags {
  devices?: number[];
  launcher?: string;
  backend?: string;
  data?: string;
  config?: string;
  sbatch?: number[] | true;
  json?: boolean;
}

/** `litmatter plan`: what an experiment would be, and a forecast of its times. Nothing of it is run. */
export function planCommand(): Command {
  return new Command('plan')
    .description('forecast an experiment without running it (may take some training steps to measure)')
    .argument('<spec>', 'spec file (YAML)')
    .option('--devices <counts>', 'device counts instead of those of the spec: 1,2,4', deviceCounts)
    .option('--launcher <name>', 'local, mpirun or slurm')
    .option('--backend <name>', 'auto, tensorflow, webgpu, wasm or cpu')
    .option(
      '--data <folder>',
      'data folder with earlier runs (default: $LITMATTER_DATA, else .litmatter in this project)',
    )
    .option('--config <file>', 'a litmatter.config.ts (default: the nearest one upward)')
    .option(
      '--sbatch [devices]',
      'print a batch script for Slurm that holds the spec and needs no hub: one allocation, in which the runs on so many devices (all counts where not named) take turns',
      deviceCounts,
    )
    .option('--json', 'one JSON object on stdout')
    .action(async (path: string, flags: PlanFlags) => {
      const file = readSpecFile(path);
      const spec = overridden(file.spec, flags);
      if (flags.sbatch !== undefined) return printScript(file, spec, flags);
      const folder = flags.data ?? defaultDataFolder();
      const registry = await loadRegistry(configFile(flags.config));
      const options = {
        registry,
        launchers: builtInLaunchers(registry.site),
        datasetFolder: datasetFolder(folder),
      };
      const store = new Store(join(folder, 'hub.sqlite'));
      try {
        const plan = await sayingLines(file, async () => {
          const lacks = await lacksOf(spec, options);
          const planner = new Planner({ ...options, store, busy: () => store.activeAttempts().length > 0 });
          return planner.plan(spec, { calibrate: true, lacks });
        });
        if (flags.json) process.stdout.write(`${JSON.stringify(plan)}\n`);
        else {
          printTable(
            ['model', 'devices', 'steps', 'batch', 'padding', 's/epoch (forecast)', 'band'],
            plan.perModelAndCount.map((cell) => [
              cell.series,
              `${cell.devices}${cell.oversubscribed ? ' (shared)' : ''}`,
              String(cell.stepsPerEpoch),
              String(cell.globalBatch),
              `${(100 * cell.padding).toFixed(1)} %`,
              cell.forecast === null ? '-' : secondsText(cell.forecast.seconds),
              cell.forecast === null
                ? '-'
                : `${secondsText(cell.forecast.low)} to ${secondsText(cell.forecast.high)}`,
            ]),
          );
          const total =
            plan.wallSeconds === null || plan.deviceHours === null
              ? ''
              : `, about ${secondsText(plan.wallSeconds)} one after the other, ${plan.deviceHours.toPrecision(3)} device-hours`;
          const lines = [`${plan.runs} runs${total}.`, ...(plan.basis === null ? [] : [plan.basis])];
          const notes = [...plan.warnings, ...cellNotes(plan)];
          process.stdout.write(`${[...lines, ...notes.map((note) => `Note: ${note}`)].join('\n')}\n`);
          // Those of other counts differ in names and --ntasks: --json has them all.
          const script = plan.scripts?.toSorted((a, b) => a.devices - b.devices).at(-1);
          if (script) process.stdout.write(`\n${scriptTitle(spec, script.devices)}\n${script.text}`);
          if (plan.scripts !== undefined) {
            process.stdout.write(
              `\nTo hand one in yourself, without a hub: litmatter plan ${path} --sbatch > job.sh && sbatch job.sh\n`,
            );
          }
        }
      } finally {
        store.close();
      }
    });
}

/** Each warning of a cell once, with the counts and, where not all of them, the series it is about. */
function cellNotes({ perModelAndCount }: Plan): string[] {
  const all = perModelAndCount.flatMap(({ devices, series, warnings }) =>
    warnings.map((warning) => ({ devices, series, warning })),
  );
  return [...Map.groupBy(all, ({ warning }) => warning)].map(([warning, cells]) => {
    const counts = [...new Set(cells.map(({ devices }) => devices))];
    const cellsAt = (list: readonly { readonly devices: number }[], count: number) =>
      list.filter(({ devices }) => devices === count).length;
    const every = counts.every((count) => cellsAt(cells, count) === cellsAt(perModelAndCount, count));
    const series = [...new Set(cells.map((cell) => cell.series))].join(', ');
    return `${every ? 'at' : `${series} at`} ${counts.join(', ')}: ${warning}`;
  });
}

function scriptTitle({ launcher }: ExperimentSpec, devices: number): string {
  const what =
    launcher.runsAs === 'steps'
      ? `The batch script of the allocation that the runs share, of ${devices} devices`
      : `The batch script of a run on ${devices}`;
  return `${what} (ids and folders are given at submission):`;
}

/** A script to hand in, and nothing else, on stdout; what is lacking here to carry it out, on stderr. */
async function printScript(file: SpecFile, given: ExperimentSpec, flags: PlanFlags): Promise<void> {
  const spec: ExperimentSpec = {
    ...given,
    launcher: { ...given.launcher, name: 'slurm' },
    ...(Array.isArray(flags.sbatch) && { devices: flags.sbatch }),
  };
  const dataFolder = flags.data ?? defaultDataFolder();
  const registry = await loadRegistry(configFile(flags.config));
  const launchers = builtInLaunchers(registry.site);
  const options = { registry, launchers, datasetFolder: datasetFolder(dataFolder) };
  const lacks = await sayingLines(file, () => lacksOf(spec, options));
  for (const { message } of lacks) process.stderr.write(`Note: ${message}\n`);
  const place = { dataFolder: resolve(dataFolder), config: registry.file };
  process.stdout.write(launcherNamed(launchers, 'slurm').standalone!(spec, place));
}
