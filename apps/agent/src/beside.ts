import { exitCode } from './job.ts';

/** A line of progress comes so often at most, in milliseconds. */
const betweenLines = 250;

export interface Teller {
  /** A line for the hub. Those of one step may be passed over for later ones, except the last; a new step is told at once. */
  tell(line: object, step: string): void;
  /** End well, once all that was told has gone out. */
  done(): void;
}

/**
 * What every program does that works beside the hub: it tells its progress in lines of JSON on stdout, and ends when the
 * hub asks it to or is gone.
 *
 * @param mayStop - asked then: where it says no, the program goes on to its end, which is near
 */
export function besideHub(mayStop: () => boolean): Teller {
  const stop = () => mayStop() && process.exit(exitCode.interrupted);
  process.on('SIGTERM', stop);
  // The hub holds this open as long as it lives.
  process.stdin.resume().on('close', stop);
  process.stdout.on('error', () => {});

  let latest: object | undefined;
  let waiting: NodeJS.Timeout | undefined;
  let told = { step: '', at: 0 };
  const write = (step: string) => {
    clearTimeout(waiting);
    waiting = undefined;
    told = { step, at: performance.now() };
    process.stdout.write(`${JSON.stringify(latest)}\n`);
  };
  return {
    tell: (line, step) => {
      latest = line;
      const rest = told.step === step ? told.at + betweenLines - performance.now() : 0;
      if (rest <= 0) write(step);
      // Where nothing more comes, the last of it is told all the same.
      else waiting ??= setTimeout(write, rest, step);
    },
    done: () => {
      if (waiting) write(told.step);
      process.stdout.write('', () => process.exit(exitCode.done));
    },
  };
}
