import { InputError, LackingError } from '@litmatter/protocol';
import { exitCode } from '../job.ts';

export { LackingError };

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
