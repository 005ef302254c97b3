import { z } from 'zod';
import type { Fault } from '../launcher.ts';

/** Slurm's queue as `squeue --json` tells it, in the shapes of Slurm 21 to 25; what is not asked of it may be anything. */

/** From Slurm 23 on a number says whether it is set; before, it is a number or null. */
const maybeNumber = z
  .union([
    z.number(),
    z.object({ set: z.boolean(), infinite: z.boolean().optional(), number: z.number() }),
    z.null(),
  ])
  .optional()
  .transform((value) => {
    if (value === null || value === undefined || typeof value === 'number') return value ?? undefined;
    return value.set && !value.infinite ? value.number : undefined;
  });

/** "RUNNING"; from Slurm 23.11 on ["RUNNING"], flags behind it: ["CANCELLED", "COMPLETING"]. */
const states = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const exit = z.union([
  // The status of wait(2), before Slurm 23.
  z.number().transform((status) => ({ code: (status >> 8) & 0xff, signal: status & 0x7f })),
  z
    .object({
      return_code: maybeNumber,
      signal: z.object({ id: maybeNumber.optional(), signal_id: maybeNumber.optional() }).optional(),
    })
    .transform(({ return_code, signal }) => ({
      code: return_code ?? 0,
      signal: signal?.id ?? signal?.signal_id ?? 0,
    })),
]);

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const job = z
  .object({
    job_id: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]),
    job_state: states,
    name: text,
    user_name: text,
    partition: text,
    nodes: text,
    state_reason: text,
    current_working_directory: text,
    exit_code: exit.optional().catch(undefined),
    start_time: maybeNumber.catch(undefined),
    node_count: maybeNumber.catch(undefined),
    restart_cnt: maybeNumber.catch(undefined),
    preempt_time: maybeNumber.catch(undefined),
  })
  .transform((raw) => ({
    id: raw.job_id,
    states: raw.job_state,
    name: raw.name,
    user: raw.user_name,
    partition: raw.partition,
    nodes: raw.nodes,
    reason: raw.state_reason,
    folder: raw.current_working_directory,
    exit: raw.exit_code,
    /** Seconds since 1970: when it began, or is expected to. */
    startsAt: raw.start_time || undefined,
    nodeCount: raw.node_count,
    /** How often Slurm has put it back into the queue. */
    restarts: raw.restart_cnt ?? 0,
    preempted: (raw.preempt_time ?? 0) > 0,
  }));

export type SlurmJob = z.infer<typeof job>;

const queue = z.object({
  jobs: z.array(z.unknown()),
  errors: z.array(z.looseObject({ description: text, error: text })).default([]),
});

/**
 * The jobs of `squeue --json`. One that cannot be read is left out: it is another's, of a kind not known here.
 *
 * @throws Error where the text is no queue at all, or an empty one with an error: Slurm 22 ends with code 0 and no jobs
 * where its controller does not answer, and that is not to be taken for the end of them all
 */
export function decodeQueue(text: string): SlurmJob[] {
  const { jobs, errors } = queue.parse(JSON.parse(text));
  if (jobs.length === 0 && errors.length > 0) {
    throw new Error(errors.map(({ description, error }) => description || error).join('; '));
  }
  return jobs.flatMap((one) => {
    const read = job.safeParse(one);
    return read.success ? [read.data] : [];
  });
}

const over = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED', 'LAUNCH_FAILED', 'NODE_FAIL'],
  ...['OUT_OF_MEMORY', 'PREEMPTED', 'RECONFIG_FAIL', 'REVOKED', 'TIMEOUT'],
]);

/** The state it ended in; undefined while it is under way. */
export function endStateOf({ states }: SlurmJob): string | undefined {
  if (states.includes('COMPLETING')) return undefined;
  return states.find((state) => over.has(state));
}

export function isPending({ states }: SlurmJob): boolean {
  return states.includes('PENDING') || states.includes('CONFIGURING');
}

/** Ends that another job of the same script would come to as well. */
const lasting = new Set(['DEADLINE', 'REVOKED']);

/** What Slurm itself did to a job, in words; undefined where the job ended by its own. */
export function endedBySlurm(job: SlurmJob): { readonly cause: string; readonly fault: Fault } | undefined {
  const where = job.nodes === '' ? '' : ` (${job.nodes})`;
  const sentences: Readonly<Record<string, string>> = {
    NODE_FAIL: `a node of the job failed${where}: Slurm ended it.`,
    BOOT_FAIL: `a node of the job did not boot${where}: Slurm ended it.`,
    TIMEOUT:
      "the job reached Slurm's time limit: ask for more with the launcher's timeLimit, or train fewer epochs.",
    DEADLINE: 'the job passed its deadline: Slurm ended it.',
    OUT_OF_MEMORY:
      'a rank was killed for want of memory: ask for more with a directive such as "--mem-per-cpu=4G", or make the batch smaller.',
    PREEMPTED: 'Slurm gave its nodes to a job that goes before (preempted).',
    CANCELLED: `Slurm job ${job.id} was cancelled by somebody (scancel).`,
    LAUNCH_FAILED: `Slurm could not launch the job${where}.`,
    REVOKED: 'Slurm moved the job to another cluster.',
  };
  const ended = endStateOf(job);
  // Ranks that save and stop in time end the job themselves.
  const state = ended === 'FAILED' && job.preempted ? 'PREEMPTED' : ended;
  const cause = state && sentences[state];
  if (!cause) return undefined;
  return { cause, fault: state === 'CANCELLED' ? 'cancelled' : lasting.has(state) ? 'lasting' : 'passing' };
}
