import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';

// Beside the packages rather than in the shared temporary folder: what is cached is code.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/compile', import.meta.url)));

/** The commands, each in its file. Only the one asked for is loaded. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  submit: async () => (await import('./submit.ts')).submitCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  fit: async () => (await import('./fit.ts')).fitCommand(),
  predict: async () => (await import('./predict.ts')).predictCommand(),
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  dataset: async () => (await import('./dataset.ts')).datasetCommand(),
  backend: async () => (await import('./backend.ts')).backendCommand(),
  new: async () => (await import('./new.ts')).newCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
};

/** Errors of usage end with code 2 (CLI.md), wherever in the tree of commands they are found. */
function strict(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help says more)');
  command.commands.forEach(strict);
}

const { version } = await import('../version.ts');
const { failure } = await import('./failure.ts');
const { endWhenUnread } = await import('./output.ts');
endWhenUnread();

const program = new Command('litmatter')
  .description('Design, launch and watch the scaling of molecular deep learning.')
  .version(version);
const named = process.argv[2] ?? '';
const wanted = Object.hasOwn(commands, named) ? [commands[named]!] : Object.values(commands);
for (const load of wanted) program.addCommand(await load());
strict(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = failure(error);
}
