import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { decode, InputError, LackingError } from '@litmatter/protocol';
import { exitCode } from '../job.ts';
import { type TrialRequest, type TrialResult, trialResult } from '../trial/trial.ts';

const program = fileURLToPath(new URL('../trial/main.ts', import.meta.url));
const limitSeconds = 180;

/**
 * Carry out a trial in a process of its own: a hub that counts or trains would answer nobody meanwhile.
 *
 * @throws InputError, LackingError in the trial's own words; Error where it dies or takes too long
 */
export async function runTrial(request: TrialRequest): Promise<TrialResult> {
  const child = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 1e3 * limitSeconds,
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(request));
  const [out, said, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve)),
  ]);
  const sentence = said.trim().split('\n').at(-1) ?? '';
  if (code === exitCode.badInput) throw new InputError(sentence);
  if (code === exitCode.lacking) throw new LackingError(sentence);
  if (code !== 0) {
    throw new Error(
      code === null
        ? `the trial was ended after ${limitSeconds} s`
        : `the trial ended with code ${code}: ${sentence}`,
    );
  }
  return decode(trialResult, JSON.parse(out), 'the result of the trial');
}
