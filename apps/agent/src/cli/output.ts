import { exitCode } from '../job.ts';
import { failure } from './failure.ts';

/**
 * What becomes of the program when nobody reads what it prints (`litmatter ... | head`): it ends without a word, having
 * said all that was wanted. A command that saves its work when it is asked to stop is asked so.
 */
export function endWhenUnread(): void {
  let ending = false;
  const lost = (error: NodeJS.ErrnoException) => {
    if (ending) return;
    ending = true;
    if (error.code !== 'EPIPE') process.exit(failure(error));
    if (!process.emit('SIGTERM')) process.exit(exitCode.done);
  };
  process.stdout.on('error', lost);
  process.stderr.on('error', lost);
}
