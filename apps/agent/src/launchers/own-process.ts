import { spawn } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { InputError, LackingError } from '@litmatter/protocol';
import { exitCode } from '../job.ts';

export interface OwnProcess {
  /** The program: a file of this package that reads its request from stdin and writes its result to stdout. */
  readonly program: URL;
  /** What it is called in sentences: "the trial". */
  readonly what: string;
  readonly limitSeconds: number;
}

/**
 * Have work done in a process of its own: a hub that computes would answer nobody meanwhile.
 *
 * @param request - goes to its stdin as JSON
 * @returns what it wrote to stdout
 * @throws InputError, LackingError in the program's own words; Error where it dies or takes too long
 */
export async function inOwnProcess(
  { program, what, limitSeconds }: OwnProcess,
  request: unknown,
): Promise<Buffer> {
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 1e3 * limitSeconds,
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(request));
  const [out, said, code] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve)),
  ]);
  const sentence = said.trim().split('\n').at(-1) ?? '';
  if (code === exitCode.badInput) throw new InputError(sentence);
  if (code === exitCode.lacking) throw new LackingError(sentence);
  if (code !== 0) {
    throw new Error(
      code === null
        ? `${what} was ended after ${limitSeconds} s`
        : `${what} ended with code ${code}: ${sentence}`,
    );
  }
  return out;
}
