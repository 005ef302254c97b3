import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { failure } from './failure.ts';
import { runCommand } from './run.ts';
import { serveCommand } from './serve.ts';

const program = new Command('litmatter')
  .description('Design, launch and watch the scaling of molecular deep learning.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(litmatter --help lists the commands)');

program.addCommand(serveCommand());
program.addCommand(runCommand());
for (const command of program.commands) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = failure(error);
}
