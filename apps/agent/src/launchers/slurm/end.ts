import type { RankJob } from '../../job.ts';
import { causeInLog, lostNode, toldOf } from '../cause.ts';
import { lastLines } from '../job-files.ts';
import type { LaunchEnd } from '../launcher.ts';
import { endedBySlurm, endStateOf, type SlurmJob } from './queue.ts';

/** How a job ended: by Slurm's doing, by what the log tells of a rank, or with the code that the ranks gave. */
export function endOf(job: RankJob, end: SlurmJob | undefined): LaunchEnd {
  const told = toldOf(causeInLog(lastLines(job, 65_536)));
  const bySlurm = end && endedBySlurm(end);
  // A step that is cancelled because a rank died must not be told as "cancelled".
  const cancelled = end !== undefined && endStateOf(end) === 'CANCELLED';
  // Of several nodes Slurm does not say which one failed.
  const failed =
    end !== undefined && endStateOf(end) === 'NODE_FAIL' && lostNode(told.cause ?? '') !== undefined;
  const first = bySlurm !== undefined && !(cancelled && told.cause !== undefined) && !failed;
  return {
    code: end?.exit && end.exit.signal === 0 ? end.exit.code : null,
    signal: null,
    tail: lastLines(job),
    ...(first ? bySlurm : told),
  };
}
