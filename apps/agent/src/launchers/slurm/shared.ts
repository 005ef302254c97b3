import { setTimeout as sleep } from 'node:timers/promises';
import type { SlurmSite } from '@litmatter/protocol';
import { tail } from '../../files.ts';
import type { RankJob, SharedAllocation } from '../../job.ts';
import { writeWhole } from '../../rank/files.ts';
import { withHubMachine, writeJob } from '../job-files.ts';
import type { LaunchEnd, Launched } from '../launcher.ts';
import { allocationName, allocationPrefix, allocationScript, Turns, turnOf } from './allocation.ts';
import type { Ask } from './commands.ts';
import { endOf } from './end.ts';
import { endedBySlurm, endStateOf, isPending, type SlurmJob } from './queue.ts';
import { nodeToAvoid } from './script.ts';

export interface SharedOptions {
  readonly site: SlurmSite;
  readonly ask: Ask;
  /** A look at the queue that others share; and one of one's own. */
  readonly queue: () => Promise<SlurmJob[]>;
  readonly readQueue: () => Promise<SlurmJob[]>;
  /** Hand a script in, or find it by the job's name where no answer came. */
  readonly submit: (name: string, script: string) => Promise<number>;
  readonly pollSeconds: number;
}

export interface SharedLauncher {
  launch(job: RankJob, allocation: SharedAllocation): Promise<Launched>;
  adopt(job: RankJob, allocation: SharedAllocation, reference: string | null): Promise<Launched | undefined>;
}

const defaultGraceSeconds = 15;
/** A job that has just been handed in, or a file that has just been renamed, may be missing from a look or two. */
const missingLooks = 3;

/** The hub's side of allocations that runs share: who waits, who has the turn, and an allocation as long as somebody waits. */
export function sharedAllocations(options: SharedOptions): SharedLauncher {
  const { site, ask, queue, readQueue, submit, pollSeconds } = options;
  /** By folder: whoever asks for an allocation waits for those who asked before. */
  const asking = new Map<string, Promise<unknown>>();
  /** By folder: how many turns had come when the last allocation was asked for. */
  const begunBefore = new Map<string, number>();

  const ofAllocation = (jobs: readonly SlurmJob[], allocation: SharedAllocation) =>
    jobs.filter(({ name }) => name.startsWith(allocationPrefix(allocation))).sort((a, b) => b.id - a.id);
  const isLive = (job: SlurmJob) => endStateOf(job) === undefined;

  /** See to it that an allocation waits or works; the number of its job. */
  function ensure(job: RankJob, allocation: SharedAllocation): Promise<number | undefined> {
    const { folder } = allocation;
    const now = (asking.get(folder) ?? Promise.resolve()).then(async () => {
      const turns = new Turns(allocation);
      const there = ofAllocation(await readQueue(), allocation).find(isLive);
      if (turns.waiting === 0 || there !== undefined) return there?.id;
      const number = turns.allocations + 1;
      const file = turns.scriptFile(number);
      writeWhole(
        file,
        allocationScript(allocation, job.spec.launcher, { site, avoid: nodeToAvoid(job) }, number),
      );
      begunBefore.set(folder, turns.begun);
      return await submit(allocationName(allocation, number), file);
    });
    asking.set(
      folder,
      now.catch(() => {}),
    );
    return now;
  }

  async function untilEnded(job: RankJob, allocation: SharedAllocation): Promise<LaunchEnd> {
    const turns = new Turns(allocation);
    const turn = turnOf(job);
    for (let missing = 0; ; await sleep(1e3 * pollSeconds, undefined, { ref: false })) {
      const over = ended(job, allocation);
      if (over !== undefined) return over;
      let jobs: SlurmJob[];
      try {
        jobs = ofAllocation(await queue(), allocation);
      } catch {
        // A controller that does not answer says nothing of the job.
        continue;
      }
      missing = jobs.some(isLive) ? 0 : missing + 1;
      if (missing < missingLooks) continue;
      missing = 0;
      const [last] = jobs;
      if (turns.stateOf(turn) === 'begun') return endOf(job, last);
      const cancelled = last !== undefined && endStateOf(last) === 'CANCELLED';
      const before = begunBefore.get(allocation.folder);
      if (!cancelled && (before === undefined || turns.begun > before)) {
        await ensure(job, allocation).catch(() => {});
      } else if (turns.withdraw(turn)) return unbegun(allocation, last);
    }
  }

  function launched(job: RankJob, allocation: SharedAllocation, reference: string): Launched {
    const turns = new Turns(allocation);
    const turn = turnOf(job);
    const end = untilEnded(job, allocation);
    const within = (seconds: number) =>
      Promise.race([end.then(() => true), sleep(1e3 * seconds, false, { ref: false })]);
    return {
      reference,
      ended: end,
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
    async launch(job, allocation) {
      writeJob(withHubMachine(job));
      const turns = new Turns(allocation);
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
    async adopt(job, allocation, reference) {
      const turn = turnOf(job);
      const state = new Turns(allocation).stateOf(turn);
      return state === 'unknown' ? undefined : launched(job, allocation, reference ?? `found ${turn}`);
    },
  };
}

/** How a turn ended, by its files; undefined where it has not. */
function ended(job: RankJob, allocation: SharedAllocation): LaunchEnd | undefined {
  const turns = new Turns(allocation);
  const turn = turnOf(job);
  const state = turns.stateOf(turn);
  if (state === 'withdrawn') {
    return { code: null, signal: null, tail: '', cause: 'Cancelled before its turn in the allocation came.' };
  }
  if (state !== 'ended') return undefined;
  return { ...endOf(job, undefined), code: turns.codeOf(turn) ?? null };
}

/** The allocation is gone and no turn has come in it: to ask for another would come to the same. */
function unbegun(allocation: SharedAllocation, last: SlurmJob | undefined): LaunchEnd {
  const bySlurm = last && endedBySlurm(last);
  const said = tail(allocation.folder, 'allocation.log', 4_096).text.trim();
  return {
    code: null,
    signal: null,
    tail: said,
    ...(bySlurm ?? {
      cause: `The allocation that the runs share ended before this run's turn came.${said && ` Its script last wrote: ${said.slice(-1_000)}`}`,
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
