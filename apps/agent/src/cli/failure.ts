import { InputError } from '@litmatter/protocol';
import { exitCode } from '../job.ts';

/** This machine lacks something: exit code 3, with the command that mends it in the message. */
export class LackingError extends Error {
  override readonly name = 'LackingError';
}

/** Tell an error on stderr, as a sentence where the user can mend it. Returns the exit code (CLI.md). */
export function failure(error: unknown): number {
  if (error instanceof InputError) {
    process.stderr.write(`${error.message}\n`);
    return exitCode.badInput;
  }
  if (error instanceof LackingError) {
    process.stderr.write(`${error.message}\n`);
    return exitCode.lacking;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCode.failed;
}
