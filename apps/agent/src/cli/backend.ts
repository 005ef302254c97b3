import { adapterWords } from '@litmatter/models/webgpu';
import { type BackendCard, InputError } from '@litmatter/protocol';
import { Argument, Command, Option } from 'commander';
import pc from 'picocolors';
import { probedCards } from '../backends/cards.ts';
import type { OnProgress } from '../backends/progress.ts';
import { exitCode } from '../job.ts';
import * as tensorflow from '../tensorflow/install.ts';
import * as webgpu from '../webgpu/install.ts';
import { ProgressLine } from './progress-line.ts';
import { secondsText } from './words.ts';

/** `litmatter backend`: what computes here, and how to have something faster. */
export function backendCommand(): Command {
  return new Command('backend')
    .description('what can compute on this machine, and the installation of TensorFlow and WebGPU')
    .addCommand(listCommand())
    .addCommand(installBackendCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('every backend and the device it truly computes on')
    .option('--json', 'one JSON object a line on stdout')
    .action(async ({ json }: { json?: boolean }) => {
      const cards = await probedCards();
      process.stdout.write(
        cards.map((card) => (json ? `${JSON.stringify(card)}\n` : cardWords(card))).join(''),
      );
    });
}

function cardWords({ name, available, detail, mend }: BackendCard): string {
  const mark = available ? pc.green('ok     ') : pc.yellow('lacking');
  const line = `${mark}  ${pc.bold(name)}: ${detail}\n`;
  return mend === null ? line : `${line}${' '.repeat(9)}mend: ${mend}\n`;
}

interface InstallFlags {
  cuda?: boolean;
  from?: tensorflow.Source;
  force?: boolean;
  json?: boolean;
}

interface Told {
  readonly result: object;
  readonly words: string;
}

type Install = (flags: InstallFlags, progress: OnProgress, signal: AbortSignal) => Promise<Told>;

const installs: Readonly<Record<'tensorflow' | 'webgpu', Install>> = {
  async tensorflow({ cuda = false, from, force = false }, onProgress, signal) {
    const options = { cuda, ...(from && { from }), force, onProgress, signal };
    const installed = await tensorflow.installTensorflow(options);
    return { result: installed, words: tensorflowWords(installed) };
  },
  async webgpu({ cuda, from, force = false }, onProgress, signal) {
    if (cuda || from) throw new InputError('--cuda and --from are for tensorflow: webgpu has one form.');
    const installed = await webgpu.installWebgpu({ force, onProgress, signal });
    return { result: installed, words: webgpuWords(installed) };
  },
};

function installBackendCommand(): Command {
  return new Command('install')
    .description(
      'install TensorFlow or WebGPU for Node into the data folder (or $LITMATTER_TENSORFLOW, $LITMATTER_WEBGPU)',
    )
    .addArgument(new Argument('<backend>', 'the others need no installation').choices(Object.keys(installs)))
    .option('--cuda', 'tensorflow: with CUDA, for NVIDIA GPUs')
    .addOption(
      new Option(
        '--from <source>',
        "tensorflow: a Python wheel's library, or the npm package's own download",
      ).choices(['wheel', 'package']),
    )
    .option('--force', 'install again even where it is there and works')
    .option('--json', 'progress and result as one JSON object a line on stdout')
    .action(async (backend: keyof typeof installs, flags: InstallFlags) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
      const shown = flags.json ? undefined : new ProgressLine();
      const tell: OnProgress = (progress) => {
        if (shown) shown.say(progress);
        else process.stdout.write(`${JSON.stringify({ type: 'progress', ...progress })}\n`);
      };
      try {
        const { result, words } = await installs[backend](flags, tell, stop.signal);
        shown?.end();
        process.stdout.write(flags.json ? `${JSON.stringify({ type: 'result', ...result })}\n` : words);
      } catch (error) {
        shown?.end();
        if (!stop.signal.aborted) throw error;
        process.stderr.write('Interrupted: what was built so far has been removed.\n');
        process.exitCode = exitCode.interrupted;
      } finally {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
      }
    });
}

function tensorflowWords({ folder, manifest, fresh, failures }: tensorflow.Installed): string {
  const { library, verified, seconds } = manifest;
  const lines = failures.map((failure) => `Tried before: ${failure}`);
  lines.push(
    fresh
      ? `TensorFlow ${library} is installed in ${folder} (${secondsText(seconds)}).`
      : `TensorFlow ${library} is there already and works: ${folder}`,
    `It computes on: ${verified.device}.`,
  );
  if (manifest.cuda && !verified.gpu) {
    lines.push(
      'No GPU answers on this machine. On one that has a GPU, "litmatter backend list" tells whether it is used.',
    );
  }
  return `${lines.join('\n')}\n`;
}

function webgpuWords({ folder, manifest, fresh, probed: { chosen, lack } }: webgpu.Installed): string {
  const { packageVersion, seconds } = manifest;
  const lines = [
    fresh
      ? `WebGPU (Dawn ${packageVersion}) is installed in ${folder} (${secondsText(seconds)}).`
      : `WebGPU (Dawn ${packageVersion}) is there already: ${folder}`,
  ];
  if (chosen) lines.push(`It computes on: ${adapterWords(chosen)}.`);
  if (chosen?.software) {
    lines.push('A software adapter is for trials: wasm is faster, and "auto" never takes it.');
  }
  if (lack) lines.push(`It computes on nothing here yet: ${lack.detail}`, `mend: ${lack.mend}`);
  return `${lines.join('\n')}\n`;
}
