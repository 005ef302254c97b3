import type { AttemptEndState } from '@litmatter/protocol';
import { exitCode } from '../job.ts';
import type { Stop } from './stop.ts';
import { RankError } from './threads.ts';

/** How an attempt ended: its last event, and the exit code that says the same to a launcher. */
export interface Ending {
  readonly state: AttemptEndState;
  readonly reason?: string;
  /** Another attempt may well go on from the last checkpoint. */
  readonly resumable?: boolean;
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
    if (code !== undefined) return failed(message, code);
    // A thread that was killed or ran out of memory, or whose graphics device is gone, is a peer lost: another attempt
    // may well succeed.
    const died = error.errorName === 'ThreadExit' || error.errorName === 'LostDeviceError';
    const reason = `Rank ${error.rank} stopped: ${message}${/[.!?]$/.test(message) ? '' : '.'}`;
    return failed(reason, died ? exitCode.lostPeer : exitCode.failed);
  }
  return failed(message, spoken[name] ?? exitCode.failed);
}

function failed(reason: string, code: number): Ending {
  return { state: 'failed', reason, code, ...(code === exitCode.lostPeer && { resumable: true }) };
}

/** The ending of an attempt that was asked to stop. */
export function stoppedEnding({ by, how }: Pick<Stop, 'by' | 'how'>): Ending {
  return {
    state: how,
    reason: by ?? 'Stopped.',
    code: exitCode.interrupted,
    ...(how === 'interrupted' && { resumable: true }),
  };
}
