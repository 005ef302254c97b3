import { userInfo } from 'node:os';
import { type BatchSystem, LackingError } from '@litmatter/protocol';
import type { BatchReading } from '../launcher.ts';
import type { Ask } from './commands.ts';
import { decodeJobs } from './jobs.ts';
import { decodeNodes } from './nodes.ts';

/**
 * Look at the whole cluster: nodes, partitions, everybody's queue. What is known of an earlier look stands, with its
 * time, while Slurm does not answer.
 *
 * @param ask - bounded in time: against a cluster that is down Slurm's commands wait for ever
 * @returns a function whose result is undefined where there is no Slurm here; it never rejects
 */
export function describing(ask: Ask): () => Promise<BatchReading | undefined> {
  let last: BatchReading | undefined;
  return async () => {
    let version: string;
    try {
      version = (await ask('sinfo', ['--version'])).trim();
    } catch (error) {
      if (error instanceof LackingError || (last === undefined && knowsNoCluster(error))) return undefined;
      version = last?.version ?? 'Slurm';
    }
    try {
      last = await look(ask, version);
      return last;
    } catch (error) {
      const none = { partitions: [], nodes: [], jobs: [], user: userName(), at: null };
      return { ...none, ...last, version, problem: problemOf(error as Error, version) };
    }
  };
}

/** Slurm's commands are installed, but nothing tells them of a cluster: neither a slurm.conf nor a name in the DNS. */
function knowsNoCluster(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Could not establish a configuration source');
}

async function look(ask: Ask, version: string): Promise<BatchReading> {
  const user = userName();
  const [nodes, jobs, partitions] = await Promise.all([
    ask('sinfo', ['--Node', '--json']),
    ask('squeue', ['--json']),
    // What the JSON of some versions leaves out, this has told since the first.
    ask('sinfo', ['--noheader', '--format=%P|%a|%l']).catch(() => ''),
  ]);
  const read = decodeNodes(nodes);
  const queue = decodeJobs(jobs, user);
  const waiting = countBy(
    queue.flatMap(({ state, partition }) => (state === 'pending' ? (partition?.split(',') ?? []) : [])),
  );
  return {
    version: read.release === undefined ? version : `slurm ${read.release}`,
    user,
    at: Date.now(),
    problem: null,
    partitions: decodePartitions(
      partitions,
      read.nodes.flatMap((node) => node.partitions),
    ).map((partition) => ({ ...partition, waiting: waiting.get(partition.name) ?? 0 })),
    nodes: read.nodes,
    jobs: queue,
  };
}

function countBy(names: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]));
}

function problemOf(error: Error, version: string): NonNullable<BatchSystem['problem']> {
  if (/unrecognized option|invalid option/.test(error.message)) {
    return {
      message: `${version} cannot tell its state as JSON: it can from 21.08 on. Runs are not concerned.`,
      mend: null,
    };
  }
  // All that Slurm 22 says of a controller that is not there.
  const said = error.message.replace(/^Unspecified error$/, 'its controller does not answer');
  return { message: `Slurm cannot be read now: ${said.replace(/\.?$/, '.')}`, mend: 'scontrol ping' };
}

type Partition = Omit<BatchSystem['partitions'][number], 'waiting'>;

/**
 * Partitions from lines "main*|up|1-00:00:00", the star on the one that jobs without a partition go to.
 *
 * @param others - names that nodes are known to be in, for those of which there is no line
 */
export function decodePartitions(lines: string, others: readonly string[]): Partition[] {
  const found = new Map<string, Partition>();
  for (const line of lines.split('\n')) {
    const [named = '', state = '', limit = ''] = line.split('|').map((word) => word.trim());
    const name = named.replace(/\*$/, '');
    if (name === '' || found.has(name)) continue;
    found.set(name, {
      name,
      standard: named.endsWith('*'),
      state: state || null,
      timeLimitSeconds: secondsOf(limit) ?? null,
    });
  }
  for (const name of others) {
    if (!found.has(name)) found.set(name, { name, standard: null, state: null, timeLimitSeconds: null });
  }
  return [...found.values()];
}

/** "30:00", "12:00:00", "7-00:00:00"; undefined for "infinite" and whatever is no time. */
export function secondsOf(limit: string): number | undefined {
  const told = /^(?:(\d+)-)?(?:(?:(\d+):)?(\d+):)?(\d+)$/.exec(limit);
  if (told === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = told.slice(1).map((part) => Number(part ?? 0));
  return 86_400 * days + 3_600 * hours + 60 * minutes + seconds;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user whom no file names, as in some containers.
    return process.env.USER ?? '';
  }
}
