import { relative, resolve } from 'node:path';
import { InputError, type RunEvent } from '@litmatter/protocol';
import { Command } from 'commander';
import { configFile } from '../config.ts';
import { exitCode } from '../job.ts';
import {
  type FinishedExperiment,
  type RunExperimentOptions,
  resumeExperiment,
  runExperiment,
} from '../run-experiment.ts';
import { deviceCounts, overridden } from './options.ts';
import { Progress } from './progress.ts';
import { printResult } from './report.ts';
import { readSpecFile, sayingLines } from './spec-file.ts';

interface RunFlags {
  devices?: number[];
  launcher?: string;
  backend?: string;
  inAllocation?: boolean;
  out?: string;
  resume?: string;
  config?: string;
  json?: boolean;
}

/** `litmatter run`: an experiment from a spec file to its result, on a hub of its own. */
export function runCommand(): Command {
  return new Command('run')
    .description('run an experiment and print its result')
    .argument('[spec]', 'spec file (YAML)')
    .option('--devices <counts>', 'device counts instead of those of the spec: 1,2,4', deviceCounts)
    .option('--launcher <name>', 'local, mpirun or slurm')
    .option('--backend <name>', 'auto, tensorflow, webgpu, wasm or cpu')
    .option(
      '--in-allocation',
      'start ranks as steps of the Slurm allocation this command is in (sbatch, salloc), run after run',
    )
    .option('--out <folder>', 'folder for everything the run leaves (default: .litmatter/runs/ID)')
    .option('--resume <folder>', 'go on with what an earlier run has left there, from the last checkpoints')
    .option('--config <file>', 'a litmatter.config.ts (default: the nearest one upward)')
    .option('--json', 'one JSON object a line on stdout: every event, then the result')
    .action(async (path: string | undefined, flags: RunFlags) => {
      process.exitCode = await run(path, flags);
    });
}

async function run(path: string | undefined, flags: RunFlags): Promise<number> {
  const start = starter(path, flags);
  const interrupt = onInterrupt();
  let progress: Progress | undefined;
  try {
    const finished = await start({
      config: configFile(flags.config),
      inAllocation: flags.inAllocation ?? false,
      signal: interrupt.signal,
      onSubmitted: ({ runs, epochs, runsEnded }) => {
        if (flags.json) return;
        progress = new Progress(epochs / runs);
        progress.begin(runs, runsEnded);
      },
      onEvent: (event, view) => {
        if (flags.json) printLine(event);
        else progress?.event(event, view);
      },
    });
    progress?.end();
    if (flags.json)
      printLine({ type: 'result', runs: finished.runs, fits: finished.fits, losses: finished.losses });
    else {
      printResult(finished);
      const near = relative(process.cwd(), finished.folder);
      const folder = near === '' || near.startsWith('..') ? finished.folder : near;
      process.stderr.write(`Kept in ${folder}: "litmatter serve --data ${folder}" shows it.\n`);
      if (finished.experiment.state !== 'succeeded') {
        process.stderr.write(`Go on from the last checkpoints: "litmatter run --resume ${folder}".\n`);
      }
    }
    return interrupt.signal.aborted ? exitCode.interrupted : codeOf(finished);
  } finally {
    progress?.end();
    interrupt.release();
  }
}

type Start = (options: RunExperimentOptions) => Promise<FinishedExperiment>;

/** What the words on the command line ask for: a new experiment, or to go on with one. @throws InputError */
function starter(path: string | undefined, flags: RunFlags): Start {
  const { resume, out, devices, launcher, backend, inAllocation } = flags;
  if (resume !== undefined) {
    if ([path, out, devices, launcher, backend].some((word) => word !== undefined)) {
      throw new InputError(
        '--resume goes on with the spec that the folder holds: leave out the spec file, --out, --devices, --launcher and --backend.',
      );
    }
    return (options) => resumeExperiment(resolve(resume), options);
  }
  if (path === undefined) throw new InputError('Name a spec file, or with --resume the folder of a run.');
  const file = readSpecFile(path);
  const chosen = launcher ?? (inAllocation ? 'slurm' : undefined);
  const spec = overridden(file.spec, { ...flags, ...(chosen !== undefined && { launcher: chosen }) });
  return (options) =>
    sayingLines(file, () => runExperiment(spec, { ...options, ...(out !== undefined && { out }) }));
}

function printLine(value: RunEvent | object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Exit code of a finished experiment: what all its failures have in common, else 1. */
export function codeOf({ experiment, failedExitCodes }: FinishedExperiment): number {
  if (experiment.state === 'succeeded') return exitCode.done;
  const [first, ...others] = failedExitCodes;
  const telling: readonly (number | null | undefined)[] = [
    exitCode.badInput,
    exitCode.lacking,
    exitCode.lostPeer,
  ];
  return first != null && telling.includes(first) && others.every((code) => code === first)
    ? first
    : exitCode.failed;
}

/** The first Ctrl-C cancels and lets the runs save; the second leaves at once. */
function onInterrupt(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const interrupted = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    process.stderr.write('Stopping: the runs end and save what they have. Once more to leave at once.\n');
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupted);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, interrupted);
    },
  };
}
