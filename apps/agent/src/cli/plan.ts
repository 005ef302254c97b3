import { join } from 'node:path';
import { Command } from 'commander';
import { configFile, loadRegistry } from '../config.ts';
import { datasetFolder, defaultDataFolder } from '../folders.ts';
import { checkAll } from '../hub/check.ts';
import { Planner } from '../hub/plan.ts';
import { Store } from '../hub/store.ts';
import { builtInLaunchers } from '../launchers/registry.ts';
import { deviceCounts, overridden } from './options.ts';
import { printTable } from './report.ts';
import { readSpecFile, sayingLines } from './spec-file.ts';
import { secondsText } from './words.ts';

interface PlanFlags {
  devices?: number[];
  launcher?: string;
  backend?: string;
  data?: string;
  config?: string;
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
    .option('--json', 'one JSON object on stdout')
    .action(async (path: string, flags: PlanFlags) => {
      const file = readSpecFile(path);
      const spec = overridden(file.spec, flags);
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
          await checkAll(spec, options);
          const planner = new Planner({ ...options, store, busy: () => store.activeAttempts().length > 0 });
          return planner.plan(spec, { calibrate: true });
        });
        if (flags.json) process.stdout.write(`${JSON.stringify(plan)}\n`);
        else {
          printTable(
            ['model', 'devices', 'steps', 'batch', 'padding', 's/epoch (forecast)', 'band'],
            plan.perModelAndCount.map((cell) => [
              cell.model,
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
          const notes = [
            ...plan.warnings,
            ...plan.perModelAndCount.flatMap(({ devices, model, warnings }) =>
              warnings.map((warning) => `${model} at ${devices}: ${warning}`),
            ),
          ];
          process.stdout.write(`${[...lines, ...notes.map((note) => `Note: ${note}`)].join('\n')}\n`);
        }
      } finally {
        store.close();
      }
    });
}
