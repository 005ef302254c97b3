import type { QueuedJob } from '@litmatter/protocol';
import { z } from 'zod';
import { saidIn } from './nodes.ts';
import { reasonInWords } from './reasons.ts';
import { gpusIn, gpusOfTres, names, number, part, text, toMilliseconds, words } from './values.ts';

/** Everybody's jobs as `squeue --json` tells them, for people to look at. (queue.ts follows our own to their ends.) */

const raw = z.object({
  job_id: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]),
  array_job_id: number,
  array_task_id: number,
  array_task_string: text,
  job_state: words,
  name: text,
  user_name: text,
  partition: text,
  // "None" is a reason too.
  state_reason: z.string().optional().catch(undefined),
  state_description: text,
  nodes: text,
  node_count: number,
  cpus: number,
  tasks: number,
  start_time: number,
  submit_time: number,
  /** Minutes. */
  time_limit: number,
  gres_detail: names,
  tres_alloc_str: text,
  tres_req_str: text,
  tres_per_job: text,
  tres_per_node: text,
  tres_per_task: text,
});
type RawJob = z.output<typeof raw>;

const answer = z.object({ jobs: z.array(z.unknown()), errors: part(z.array(z.unknown())) });

export type ReadJob = Omit<QueuedJob, 'runs'>;

const over = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED', 'LAUNCH_FAILED', 'NODE_FAIL'],
  ...['OUT_OF_MEMORY', 'PREEMPTED', 'RECONFIG_FAIL', 'REVOKED', 'TIMEOUT'],
]);

/**
 * The jobs that have not ended: this person's first, then what runs, then what waits, oldest first. One that cannot be
 * read is left out; of one whose field cannot, that is unknown.
 *
 * @throws Error where the text is no queue, or an empty one with an error in it
 */
export function decodeJobs(json: string, user: string): ReadJob[] {
  const { jobs, errors } = answer.parse(JSON.parse(json));
  if (jobs.length === 0 && errors !== undefined && errors.length > 0) throw new Error(saidIn(errors));
  const read = jobs.flatMap((one) => {
    const { data } = raw.safeParse(one);
    return data === undefined || isOver(data) ? [] : [readJob(data, user)];
  });
  const rank = (job: ReadJob) => (job.mine ? 0 : 2) + (job.state === 'pending' ? 1 : 0);
  return read.sort((a, b) => rank(a) - rank(b) || (a.submittedAt ?? 0) - (b.submittedAt ?? 0));
}

function isOver({ job_state }: RawJob): boolean {
  return !job_state.includes('COMPLETING') && job_state.some((state) => over.has(state));
}

function readJob(job: RawJob, user: string): ReadJob {
  const state = stateOf(job.job_state);
  return {
    id: idOf(job),
    name: job.name ?? '',
    user: job.user_name ?? null,
    mine: job.user_name === user,
    partition: job.partition ?? null,
    state,
    reason:
      state === 'pending'
        ? (reasonInWords(job.state_reason ?? job.state_description, job.state_description) ?? null)
        : null,
    startsAt: toMilliseconds(job.start_time),
    submittedAt: toMilliseconds(job.submit_time),
    timeLimitSeconds: job.time_limit === undefined ? null : 60 * job.time_limit,
    nodeCount: job.node_count ?? null,
    nodes: job.nodes ?? null,
    cpus: job.cpus ?? null,
    gpus: gpusOfJob(job),
  };
}

/** Tasks of an array are named after it, as squeue writes them. */
function idOf({ job_id, array_job_id, array_task_id, array_task_string }: RawJob): string {
  if (!array_job_id) return String(job_id);
  if (array_task_string !== undefined) return `${array_job_id}_[${array_task_string}]`;
  return array_task_id === undefined ? String(job_id) : `${array_job_id}_${array_task_id}`;
}

function stateOf(states: readonly string[]): QueuedJob['state'] {
  const has = (...some: string[]) => states.some((state) => some.includes(state));
  if (has('COMPLETING', 'STAGE_OUT', 'SIGNALING')) return 'ending';
  if (has('CONFIGURING')) return 'starting';
  if (has('SUSPENDED', 'STOPPED')) return 'suspended';
  if (has('RUNNING', 'RESIZING')) return 'running';
  return has('PENDING', 'REQUEUED', 'REQUEUE_HOLD', 'SPECIAL_EXIT') ? 'pending' : 'unknown';
}

/** What it has where that is told, else what it asks for; null where neither is, since a site need not count GPUs. */
function gpusOfJob(job: RawJob): number | null {
  const sum = (told: Map<string, number>) =>
    told.size === 0 ? undefined : [...told.values()].reduce((a, b) => a + b, 0);
  const times = (each: number | undefined, count: number | undefined) =>
    each === undefined || count === undefined ? undefined : each * count;
  return (
    gpusOfTres(job.tres_alloc_str) ??
    sum(gpusIn(job.gres_detail.join(','))) ??
    gpusOfTres(job.tres_req_str) ??
    sum(gpusIn(job.tres_per_job)) ??
    times(sum(gpusIn(job.tres_per_node)), job.node_count) ??
    times(sum(gpusIn(job.tres_per_task)), job.tasks) ??
    null
  );
}
