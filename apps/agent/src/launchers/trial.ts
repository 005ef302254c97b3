import { decode } from '@litmatter/protocol';
import { type TrialRequest, type TrialResult, trialResult } from '../trial/trial.ts';
import { inOwnProcess } from './own-process.ts';

const trial = {
  program: new URL('../trial/main.ts', import.meta.url),
  what: 'the trial',
  limitSeconds: 180,
};

/**
 * Carry out a trial in a process of its own.
 *
 * @throws InputError, LackingError in the trial's own words; Error where it dies or takes too long
 */
export async function runTrial(request: TrialRequest): Promise<TrialResult> {
  const out = await inOwnProcess(trial, request);
  return decode(trialResult, JSON.parse(out.toString()), 'the result of the trial');
}
