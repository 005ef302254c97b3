import type { EndState } from '@litmatter/protocol';
import { exitCode } from '../job.ts';
import { RankError } from './threads.ts';

/** How an attempt ended: its last event, and the exit code that says the same to a launcher. */
export interface Ending {
  readonly state: EndState;
  readonly reason?: string;
  readonly testMae?: number | null;
  readonly code: number;
}

/** Errors whose message is the whole story: it is not told as something that befell a rank. */
const spoken: Readonly<Record<string, number>> = {
  InputError: exitCode.badInput,
  LackingError: exitCode.lacking,
  LostPeerError: exitCode.lostPeer,
  DivergedError: exitCode.failed,
};

/** The ending of an attempt whose preparation or ranks threw. */
export function failedEnding(error: unknown): Ending {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof RankError) {
    const code = spoken[error.errorName];
    if (code !== undefined) return { state: 'failed', reason: message, code };
    // A thread that was killed or ran out of memory is a peer lost: another attempt may well succeed.
    const died = error.errorName === 'ThreadExit';
    const reason = `Rank ${error.rank} stopped: ${message}${/[.!?]$/.test(message) ? '' : '.'}`;
    return { state: 'failed', reason, code: died ? exitCode.lostPeer : exitCode.failed };
  }
  return { state: 'failed', reason: message, code: spoken[name] ?? exitCode.failed };
}

/** The ending of an attempt that was asked to stop. */
export function cancelledEnding(by: string): Ending {
  return { state: 'cancelled', reason: by, code: exitCode.interrupted };
}
