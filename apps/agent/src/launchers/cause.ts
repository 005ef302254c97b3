import { constants } from 'node:os';
import type { Fault, LaunchEnd } from './launcher.ts';

/** What starters of ranks (mpirun, srun) and the ranks themselves have written of an end, as one sentence. */

/** As strsignal(3) says them, which is how srun tells of them. */
const signalsByText: Readonly<Record<string, number>> = {
  'Illegal instruction': 4,
  Aborted: 6,
  'Bus error': 7,
  'Floating point exception': 8,
  Killed: 9,
  'Segmentation fault': 11,
  Terminated: 15,
};

const hints: Readonly<Record<number, string>> = {
  [constants.signals.SIGKILL]: ' A person did this, or the system for want of memory.',
};

export function killedSentence(rank: number, host: string, signal: number): string {
  return `rank ${rank} on ${host} was killed (signal ${signal}).${hints[signal] ?? ''}`;
}

export interface Cause {
  readonly sentence: string;
  readonly fault: Exclude<Fault, 'cancelled'>;
}

interface Rule {
  readonly pattern: RegExp;
  readonly fault?: Cause['fault'];
  readonly sentence: (groups: readonly string[]) => string | undefined;
  /** Its second group lists ranks: of several matches that of the rank which another one has lost. */
  readonly ofRanks?: true;
}

const firstOf = (list: string) => Number.parseInt(list, 10);

/** Whether "4-7,9" has a rank. */
const has = (list: string, rank: number) =>
  list.split(',').some((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return rank >= first! && rank <= last!;
  });

/** The surest first; of equals the earliest in the text. */
const rules: readonly Rule[] = [
  {
    // Open MPI's own words, before any rank could say more.
    pattern: /OMPI was not built with SLURM's PMI support/,
    fault: 'lasting',
    sentence: () =>
      'Open MPI does not understand how srun started it: set site.slurm.mpi to "pmix" in litmatter.config.ts (MPICH needs "pmi2").',
  },
  {
    // Open MPI 4 and 5.
    pattern: /process rank (\d+) with PID \d+ on node (\S+) exited on\s+signal (\d+)/,
    sentence: ([rank, node, signal]) => killedSentence(Number(rank), node!, Number(signal)),
  },
  {
    // tell-signal.sh, beside each rank under MPICH.
    pattern: /^rank (\d+) on (\S+) was killed \(signal (\d+)\)$/m,
    sentence: ([rank, node, signal]) => killedSentence(Number(rank), node!, Number(signal)),
  },
  {
    pattern: /srun: error: Node failure on ([\w.-]+)/,
    sentence: ([node]) => `the node ${node} failed.`,
  },
  {
    pattern: /srun: error: ([\w.-]+): tasks? ([\d,-]+): Out Of Memory/,
    sentence: ([node, ranks]) =>
      `rank ${firstOf(ranks!)} on ${node} was killed for want of memory: ask for more with a directive such as "--mem-per-cpu=4G", or make the batch smaller.`,
  },
  {
    // When a rank dies Slurm may kill the others (with PMIx 5 at once), and what became of a node that is gone it does
    // not tell at all: who died first stands in the log of whoever lost it.
    pattern: /srun: error: ([\w.-]+): tasks? ([\d,-]+): ([A-Z][a-z ]+?)(?: \(core dumped\))?[ \t]*$/m,
    ofRanks: true,
    sentence: ([node, ranks, text, lost]) => {
      const signal = signalsByText[text!];
      if (signal === undefined) return undefined;
      return killedSentence(lost === undefined ? firstOf(ranks!) : Number(lost), node!, signal);
    },
  },
  {
    // Intel MPI's Hydra names rank and signal.
    pattern: /^=\s+RANK (\d+) PID \d+ RUNNING AT (\S+)\s*\n=\s+KILLED BY SIGNAL: (\d+)/m,
    sentence: ([rank, node, signal]) => killedSentence(Number(rank), node!, Number(signal)),
  },
  {
    // A rank of ours that lost another one, in its own log.
    pattern: /^\S+Z rank \d+: lost: (rank \d+ on .*)$/m,
    sentence: ([sentence]) => sentence,
  },
  {
    // MPICH's Hydra kills the others at once, and the process id it names is of one of them as often as not (4.0): what
    // is left where its kill came before tell-signal.sh could speak.
    pattern:
      /^(?:=\s+PID \d+ RUNNING AT (\S+)\s*\n(?:=.*\n)*)?YOUR APPLICATION TERMINATED WITH THE EXIT STRING: .*\(signal (\d+)\)/m,
    sentence: ([node, signal]) =>
      `a rank${node === undefined ? '' : ` on ${node}`} was killed (signal ${signal}); MPICH's mpirun does not say which.${hints[Number(signal)] ?? ''}`,
  },
];

/** Why the ranks ended, by what is in their log; undefined where it says nothing of it. */
export function causeInLog(text: string): Cause | undefined {
  const lost = /^\S+Z rank \d+: lost: rank (\d+) on /m.exec(text)?.[1];
  for (const { pattern, sentence, fault = 'passing', ofRanks = false } of rules) {
    const found = ofRanks && lost !== undefined ? ofLost(pattern, text, lost) : pattern.exec(text)?.slice(1);
    if (found === undefined) continue;
    const told = sentence(found);
    if (told !== undefined) return { sentence: told, fault };
  }
  return undefined;
}

/** The groups of the match of a lost rank, and that rank behind them; undefined where no match is of it. */
function ofLost(pattern: RegExp, text: string, lost: string): string[] | undefined {
  for (const [, ...groups] of text.matchAll(new RegExp(pattern, `g${pattern.flags}`))) {
    if (has(groups[1]!, Number(lost))) return [...groups, lost];
  }
  return undefined;
}

/** The same as a launcher tells it. */
export function toldOf(cause: Cause | undefined): Pick<LaunchEnd, 'cause' | 'fault'> {
  return cause === undefined ? {} : { cause: cause.sentence, fault: cause.fault };
}

/** The node that a sentence says to be lost: gone, silent or failed, where the next attempt had better not be. */
export function lostNode(sentence: string): string | undefined {
  const found =
    /^rank \d+ on ([\w.-]+) (?:is gone|did not answer)|^the node ([\w.-]+) failed/.exec(sentence) ??
    /^a node of the job (?:failed|did not boot) \(([\w.-]+)\)/.exec(sentence);
  return found?.slice(1).find((name) => name !== undefined);
}
