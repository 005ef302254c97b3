import type { BackendCard } from '@litmatter/protocol';
import { Argument, Command, Option } from 'commander';
import pc from 'picocolors';
import { exitCode } from '../job.ts';
import { probedCards } from '../tensorflow/card.ts';
import { type Installed, installTensorflow, type Source } from '../tensorflow/install.ts';
import { ProgressLine } from './progress-line.ts';
import { secondsText } from './words.ts';

/** `litmatter backend`: what computes here, and how to have something faster. */
export function backendCommand(): Command {
  return new Command('backend')
    .description('what can compute on this machine, and the installation of TensorFlow')
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
  from?: Source;
  force?: boolean;
  json?: boolean;
}

function installBackendCommand(): Command {
  return new Command('install')
    .description('install TensorFlow for Node into the data folder (or $LITMATTER_TENSORFLOW)')
    .addArgument(new Argument('<backend>', 'the others need no installation').choices(['tensorflow']))
    .option('--cuda', 'with CUDA, for NVIDIA GPUs')
    .addOption(
      new Option('--from <source>', "a Python wheel's library, or the npm package's own download").choices([
        'wheel',
        'package',
      ]),
    )
    .option('--force', 'install again even where it is there and works')
    .option('--json', 'progress and result as one JSON object a line on stdout')
    .action(async (_: string, flags: InstallFlags) => {
      const stop = new AbortController();
      const interrupt = () => stop.abort();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
      const shown = flags.json ? undefined : new ProgressLine();
      try {
        const installed = await installTensorflow({
          cuda: flags.cuda ?? false,
          ...(flags.from && { from: flags.from }),
          force: flags.force ?? false,
          signal: stop.signal,
          onProgress: (progress) => {
            if (shown) shown.say(progress);
            else process.stdout.write(`${JSON.stringify({ type: 'progress', ...progress })}\n`);
          },
        });
        shown?.end();
        process.stdout.write(
          flags.json ? `${JSON.stringify({ type: 'result', ...installed })}\n` : words(installed),
        );
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

function words({ folder, manifest, fresh, failures }: Installed): string {
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
