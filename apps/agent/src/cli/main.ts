import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { failure } from './failure.ts';
import { fitCommand } from './fit.ts';
import { planCommand } from './plan.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';
import { submitCommand } from './submit.ts';

const program = new Command('litmatter')
  .description('Design, launch and watch the scaling of molecular deep learning.')
  .version(version);

for (const command of [
  serveCommand(),
  runCommand(),
  submitCommand(),
  planCommand(),
  fitCommand(),
  exportCommand(),
  doctorCommand(),
]) {
  program.addCommand(command);
}
strict(program);

/** Errors of usage end with code 2 (CLI.md), wherever in the tree of commands they are found. */
function strict(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help says more)');
  command.commands.forEach(strict);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = failure(error);
}
