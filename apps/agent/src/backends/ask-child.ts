import { decode, LackingError } from '@litmatter/protocol';
import type { z } from 'zod';
import { lastWords } from './npm.ts';
import { runTool } from './tool.ts';

/** A first start on a GPU compiles for it, which may take a while; a driver in trouble never answers. */
const answerSeconds = 120;

export interface ChildQuestion<T> {
  /** "The TensorFlow backend in FOLDER", to begin sentences with. */
  readonly what: string;
  /** A program that is given the folder, and says last a line of JSON that begins with {"ok". */
  readonly program: string;
  readonly folder: string;
  readonly answer: z.ZodType<T>;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Ask a process of its own what an installation is: a library that does not fit the machine may end the process that
 * loads it.
 *
 * @throws LackingError where it does not answer, or ends without
 */
export async function askChild<T>(question: ChildQuestion<T>): Promise<{ said: T; output: string }> {
  const { what, program, folder, answer, env, signal } = question;
  const until = performance.now() + answerSeconds * 1000;
  const { code, output, stalled } = await runTool(process.execPath, [program, folder], {
    env,
    ...(signal && { signal }),
    stalled: () => performance.now() > until,
  });
  if (stalled) {
    throw new LackingError(`${what} did not answer within ${answerSeconds} seconds: ${lastWords(output, 2)}`);
  }
  const line = output.split('\n').findLast((text) => text.startsWith('{"ok"'));
  if (line === undefined) {
    throw new LackingError(
      `${what} ended the process that loaded it (${code === null ? 'by a signal' : `exit code ${code}`}): ${lastWords(output, 2)}`,
    );
  }
  return { said: decode(answer, JSON.parse(line), program), output };
}
