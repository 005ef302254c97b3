import { setTimeout as sleep } from 'node:timers/promises';
import type { SlurmSite } from '@litmatter/protocol';
import { tail } from '../../files.ts';
import { exitCode, type RankJob } from '../../job.ts';
import { writeWhole } from '../../rank/files.ts';
import { withHubMachine, writeJob } from '../job-files.ts';
import type { LaunchEnd, Launched } from '../launcher.ts';
import {
  type Allocation,
  allocationName,
  allocationOf,
  allocationPrefix,
  allocationScript,
  Turns,
  turnOf,
} from './allocation.ts';
import { type Ask, NoAnswerError } from './commands.ts';
import { endOf } from './end.ts';
import { endedBySlurm, endStateOf, isPending, type SlurmJob } from './queue.ts';
import { nodeToAvoid } from './script.ts';

export interface AllocationsOptions {
  readonly site: SlurmSite;
  readonly ask: Ask;
  /** A look at the queue that others share; and one of one's own. */
  readonly queue: () => Promise<SlurmJob[]>;
  readonly readQueue: () => Promise<SlurmJob[]>;
  /** Hand a script in, or find it by the job's name where no answer came. */
  readonly submit: (name: string, script: string) => Promise<number>;
  readonly pollSeconds: number;
}

export interface Allocations {
  launch(job: RankJob): Promise<Launched>;
  adopt(job: RankJob, reference: string | null): Promise<Launched | undefined>;
}

const defaultGraceSeconds = 15;
/** A job that has just been handed in, or a file that has just been renamed, may be missing from a look or two. */
const missingLooks = 3;
/** On a node that is dead a job is never done completing. */
const completingSeconds = 20;
/** A script ends so soon after a run that Slurm has stopped. */
const jobEndSeconds = 10;
const requeued = 'Slurm has put the job back into its queue (requeued): its place is given up.';

/** The hub's side of allocations: who waits, who has the turn, and an allocation as long as somebody waits. */
export function slurmAllocations(options: AllocationsOptions): Allocations {
  const { site, ask, queue, readQueue, submit, pollSeconds } = options;
  /** By folder: whoever asks for an allocation waits for those who asked before. */
  const asking = new Map<string, Promise<unknown>>();
  /** By folder: how many turns had come when the last allocation was asked for. */
  const begunBefore = new Map<string, number>();
  /** Since when jobs have been completing, by number. */
  const completingSince = new Map<number, number>();

  const ofAllocation = (jobs: readonly SlurmJob[], allocation: Allocation) =>
    jobs.filter(({ name }) => name.startsWith(allocationPrefix(allocation))).sort((a, b) => b.id - a.id);

  function isLive(job: SlurmJob): boolean {
    if (endStateOf(job) !== undefined) return false;
    if (!job.states.includes('COMPLETING')) return true;
    const since = completingSince.get(job.id) ?? Date.now();
    completingSince.set(job.id, since);
    return Date.now() - since < 1e3 * completingSeconds;
  }

  /** See to it that an allocation waits or works; the number of its job. */
  function ensure(job: RankJob, allocation: Allocation): Promise<number | undefined> {
    const { folder } = allocation;
    const now = (asking.get(folder) ?? Promise.resolve()).then(async () => {
      const turns = new Turns(allocation);
      const there = ofAllocation(await readQueue(), allocation).find(isLive);
      if (turns.waiting === 0 || there !== undefined) return there?.id;
      begunBefore.set(folder, turns.begun);
      return await handIn(job, allocation, turns);
    });
    asking.set(
      folder,
      now.catch(() => {}),
    );
    return now;
  }

  async function handIn(job: RankJob, allocation: Allocation, turns: Turns): Promise<number> {
    const number = turns.allocations + 1;
    const file = turns.scriptFile(number);
    const write = (avoid?: string) =>
      writeWhole(file, allocationScript(allocation, job.spec.launcher, { site, avoid }, number));
    const send = () => submit(allocationName(allocation, number), file);
    const avoid = nodeToAvoid(job);
    write(avoid);
    try {
      return await send();
    } catch (error) {
      if (avoid === undefined || error instanceof NoAnswerError) throw error;
      // There may be too few nodes without it: Slurm itself leaves it out as soon as it knows that it is down.
      write();
      return await send();
    }
  }

  async function untilEnded(
    job: RankJob,
    allocation: Allocation,
    moved: (reference: string) => void,
  ): Promise<LaunchEnd> {
    const turns = new Turns(allocation);
    const turn = turnOf(job);
    let endedAt: number | undefined;
    for (let missing = 0; ; await sleep(1e3 * pollSeconds, undefined, { ref: false })) {
      const state = turns.stateOf(turn);
      if (state === 'withdrawn')
        return { code: null, signal: null, tail: '', cause: 'Cancelled before it began.' };
      if (state === 'ended') endedAt ??= performance.now();
      // Where nobody has cancelled them, Slurm may have had the ranks stop: the job's own end tells why, a moment later.
      const bySlurm = turns.codeOf(turn) === exitCode.interrupted && !turns.isStopped(turn);
      const late = endedAt !== undefined && performance.now() - endedAt > 1e3 * jobEndSeconds;
      if (state === 'ended' && (!bySlurm || late)) return stepEnd(job, turns);
      let jobs: SlurmJob[];
      try {
        jobs = ofAllocation(await queue(), allocation);
      } catch {
        // A controller that does not answer says nothing of the job.
        continue;
      }
      const live = jobs.find(isLive);
      const [last] = jobs;
      if (state === 'ended') {
        if (live === undefined) return { ...stepEnd(job, turns), ...(last && endedBySlurm(last)) };
        continue;
      }
      if (live && state === 'begun' && live.restarts > 0 && isPending(live)) {
        // An attempt is launched once: what goes on from its checkpoint is another.
        await ask('scancel', [String(live.id)]).catch(() => {});
        return { ...endOf(job, undefined), cause: requeued, fault: 'passing' };
      }
      missing = live ? 0 : missing + 1;
      if (missing < missingLooks) continue;
      missing = 0;
      if (turns.stateOf(turn) === 'begun') return endOf(job, last);
      const cancelled = last !== undefined && endStateOf(last) === 'CANCELLED';
      const before = begunBefore.get(allocation.folder);
      if (!cancelled && (before === undefined || turns.begun > before)) {
        const id = await ensure(job, allocation).catch(() => undefined);
        if (id !== undefined) moved(`${id} ${turn}`);
      } else if (turns.withdraw(turn)) return unbegun(allocation, last);
    }
  }

  function launched(job: RankJob, allocation: Allocation, reference: string): Launched {
    const turns = new Turns(allocation);
    const turn = turnOf(job);
    let moved = (_reference: string): void => {};
    const end = untilEnded(job, allocation, (to) => moved(to));
    const within = (seconds: number) =>
      Promise.race([end.then(() => true), sleep(1e3 * seconds, false, { ref: false })]);
    return {
      reference,
      ended: end,
      onMoved: (listener) => {
        moved = listener;
      },
      cancel: async (graceSeconds = defaultGraceSeconds) => {
        // First of all: the ranks may have been asked already, and the script looks for it when they have stopped.
        turns.markStopped(turn);
        const there = async () => ofAllocation(await readQueue(), allocation).find(isLive);
        if (turns.withdraw(turn)) {
          const left = turns.waiting === 0 ? await there() : undefined;
          if (left && isPending(left)) await ask('scancel', [String(left.id)]);
          await end;
          return;
        }
        const id = (await there())?.id;
        const step = id === undefined ? undefined : await stepOf(ask, id, turn);
        if (step !== undefined) {
          // To the ranks, which save and stop together; a refusal means that they are stopping already.
          await ask('scancel', ['--signal=USR2', step]).catch(() => {});
          if (!(await within(graceSeconds))) await ask('scancel', [step]).catch(() => {});
        }
        await end;
      },
    };
  }

  return {
    async launch(job) {
      const allocation = allocationOf(job);
      const turns = new Turns(allocation);
      writeJob(withHubMachine(job));
      turns.add(job);
      try {
        const id = await ensure(job, allocation);
        return launched(job, allocation, `${id ?? 'ended'} ${turnOf(job)}`);
      } catch (error) {
        // An allocation to come must not find it.
        turns.withdraw(turnOf(job));
        throw error;
      }
    },
    async adopt(job, reference) {
      const allocation = allocationOf(job);
      const turn = turnOf(job);
      const state = new Turns(allocation).stateOf(turn);
      if (state === 'unknown') return undefined;
      // Where the hub ended before it had learnt the number, the queue tells it.
      const id = reference ?? `${ofAllocation(await readQueue(), allocation)[0]?.id ?? 'ended'} ${turn}`;
      return launched(job, allocation, id);
    },
  };
}

/** How a turn's step ended, by the code it left and what the ranks' log tells. */
function stepEnd(job: RankJob, turns: Turns): LaunchEnd {
  return { ...endOf(job, undefined), code: turns.codeOf(turnOf(job)) ?? null };
}

/** The allocation is gone and no turn has come in it: to ask for another would come to the same. */
function unbegun(allocation: Allocation, last: SlurmJob | undefined): LaunchEnd {
  const bySlurm = last && endedBySlurm(last);
  const said = tail(allocation.folder, 'allocation.log', 4_096).text.trim();
  return {
    code: null,
    signal: null,
    tail: said,
    ...(bySlurm ?? {
      cause: `The Slurm job ended before this run began.${said && ` Its script last wrote: ${said.slice(-1_000)}`}`,
    }),
  };
}

/** "12.3": the step of a turn; undefined where there is none now. */
async function stepOf(ask: Ask, id: number, turn: string): Promise<string | undefined> {
  const text = await ask('squeue', ['--steps', '--noheader', `--jobs=${id}`, '--format=%i %j']).catch(
    () => '',
  );
  for (const line of text.split('\n')) {
    const [step, name] = line.trim().split(/\s+/);
    if (name === `litmatter.${turn}`) return step;
  }
  return undefined;
}
