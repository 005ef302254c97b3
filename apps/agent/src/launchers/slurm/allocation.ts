import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { LauncherChoice } from '@litmatter/protocol';
import type { RankJob, SharedAllocation } from '../../job.ts';
import { writeWhole } from '../../rank/files.ts';
import {
  directives,
  nodeToAvoid,
  type ScriptOptions,
  shellQuoted,
  srunCommand,
  surviving,
} from './script.ts';

/**
 * What runs are carried out in: a batch job whose script starts one as a step (srun), and when it has ended the next. A
 * run has an allocation of its own, in which its further attempts go on without waiting in the queue again; or the runs
 * of an experiment share one, of as many devices as the largest of them has. What is to be done stands in the
 * allocation's folder, a file an attempt, which hub and script rename as they go:
 *
 *   00003.1.turn       run 3, attempt 1, waits for its turn; holds its devices, the attempt's folder, for how many seconds
 *                      its place is kept when it has failed, and the node that the attempt before has lost, if any
 *   00003.1.begun      its step has begun
 *   00003.1.stop       somebody has cancelled it
 *   00003.1.ended      its step has ended; holds srun's exit code
 *   00003.1.withdrawn  it was cancelled before its turn
 *   looked             changed by whoever looks, which makes a network file system tell what others have changed
 *
 * A rename is whole or not at all, so a turn is taken by the script or withdrawn by the hub, never both; what a hub
 * that was killed has left is what the next one reads.
 */
export interface Allocation extends SharedAllocation {
  /** In the names of its jobs: a run's id, or that of what is shared. */
  readonly name: string;
}

/** The allocation an attempt belongs to. A run's own is beside its attempts' folders, whose names are numbers. */
export function allocationOf({ run, folder, spec, allocation }: RankJob): Allocation {
  if (allocation) return { ...allocation, name: basename(allocation.folder) };
  return { folder: join(dirname(folder), 'allocation'), devices: spec.devices, name: run };
}

/** So long the script waits, after a run that failed and may go on by itself, for its next attempt. */
const patienceSeconds = 30;
/** A step that has its nodes starts in less. */
const trySeconds = 15;

export type TurnState = 'unknown' | 'waiting' | 'begun' | 'ended' | 'withdrawn';

/**
 * What the names of an allocation's jobs begin with: by it a job is found again whose number was never learnt. A run's id
 * holds nothing that Slurm minds; the folder, which may, is in it as a digest, since another hub of this person's may
 * have a run of the same id.
 */
export function allocationPrefix({ folder, name }: Allocation): string {
  return `litmatter.${name}.${createHash('sha256').update(folder).digest('hex').slice(0, 8)}.`;
}

/** The name of the job that is the so-manieth allocation, from 1: where one ends too early, the rest gets another. */
export function allocationName(allocation: Allocation, number: number): string {
  return `${allocationPrefix(allocation)}${number}`;
}

/**
 * The script of the allocation, as it is handed to sbatch and shown before. What a person has written stands in it as
 * quoted words or has been checked to be a name; paths with control characters are refused, since whoever reads the
 * script should see all of it.
 *
 * @throws InputError naming the path
 */
export function allocationScript(
  allocation: Allocation,
  launcher: LauncherChoice,
  options: ScriptOptions,
  number = 1,
): string {
  const { folder, devices } = allocation;
  const { site, avoid } = options;
  const asked = [
    ...directives({ name: allocationName(allocation, number), devices, launcher, site, avoid }),
    surviving,
  ];
  const words = [`"\${without[@]}"`, '--ntasks="$devices"', '--job-name="litmatter.$turn"'];
  const srun = srunCommand(options, words);
  return `#!/bin/bash
${asked.map((directive) => `#SBATCH ${directive}`).join('\n')}

exec >> ${shellQuoted(join(folder, 'allocation.log'))} 2>&1
${site.setup.map((line) => `${line}\n`).join('')}cd ${shellQuoted(folder)} || exit 1
shopt -s nullglob
# An attempt is a file in this folder: NAME.turn, once it has begun NAME.begun, then NAME.ended with srun's exit code.
patience=0
code=0
without=()
lost=
while :; do
  turns=(*.turn)
  if [ \${#turns[@]} -eq 0 ]; then
    # A run that has failed may be tried again within this allocation.
    [ "$patience" -gt 0 ] || break
    patience=$((patience - 1))
    sleep 1
    : > looked # a change of one's own: a network file system then tells of those of others
    continue
  fi
  turn=\${turns[0]%.turn}
  mv "$turn.turn" "$turn.begun" || { sleep 1; continue; }
  node=
  { read -r devices && IFS= read -r run && read -r kept && read -r node; } < "$turn.begun"
  if [ -n "$node" ]; then
    lost="$lost\${lost:+,}$node"
    without=(--overlap --exclude="$lost")
  fi
  # Where what is left of the allocation is too small for a run, it gets another one.
  if [ -n "$lost" ] && ! timeout ${trySeconds} srun --mpi=none "\${without[@]}" --ntasks="$devices" true; then
    mv "$turn.begun" "$turn.turn"
    break
  fi
  echo "$(date -u +%FT%TZ) $turn on $devices\${lost:+, without $lost}"
  ${srun} --job "$run/job.json" < /dev/null >> "$run/rank.log" 2>&1
  code=$?
  echo "$code" > "$turn.code" && mv "$turn.code" "$turn.ended"
  # Stopped and nobody has cancelled it: Slurm wants the nodes back. What waits gets another allocation.
  if [ "$code" -eq 130 ] && [ ! -e "$turn.stop" ]; then break; fi
  # Done, bad input, something lacking, cancelled: nobody tries again.
  case "$code" in 0 | 2 | 3 | 130) patience=0 ;; *) patience=$kept ;; esac
  [ ! -e "$turn.stop" ] || patience=0
done
# The job ends as its last run did.
exit "$code"
`;
}

/** The turn's name: in the order of the experiment's runs. */
export function turnOf({ run, attempt }: Pick<RankJob, 'run' | 'attempt'>): string {
  return `${run.slice(run.lastIndexOf('.') + 1).padStart(5, '0')}.${attempt}`;
}

/** The files of one allocation's turns. */
export class Turns {
  readonly #folder: string;

  constructor({ folder }: Pick<Allocation, 'folder'>) {
    this.#folder = folder;
  }

  /** Let an attempt wait for its turn; once, however often it is asked for. */
  add(job: RankJob): void {
    mkdirSync(this.#folder, { recursive: true });
    const turn = turnOf(job);
    if (this.stateOf(turn) !== 'unknown') return;
    const kept = job.last ? 0 : patienceSeconds;
    const lost = nodeToAvoid(job) ?? '';
    writeWhole(this.#file(turn, 'turn'), `${job.spec.devices}\n${job.folder}\n${kept}\n${lost}\n`);
  }

  stateOf(turn: string): TurnState {
    this.#look();
    // From the last state to the first: between two looks a file may be renamed onward, never back.
    if (this.#is(turn, 'ended')) return 'ended';
    if (this.#is(turn, 'withdrawn')) return 'withdrawn';
    if (this.#is(turn, 'begun')) return 'begun';
    if (this.#is(turn, 'turn')) return 'waiting';
    return this.#is(turn, 'begun') || this.#is(turn, 'ended') ? this.stateOf(turn) : 'unknown';
  }

  /** srun's exit code; undefined where the turn has not ended. */
  codeOf(turn: string): number | undefined {
    if (!this.#is(turn, 'ended')) return undefined;
    const code = Number.parseInt(readFileSync(this.#file(turn, 'ended'), 'utf8'), 10);
    return Number.isInteger(code) ? code : undefined;
  }

  /** Take back a turn that has not come. Returns whether it had not. */
  withdraw(turn: string): boolean {
    try {
      renameSync(this.#file(turn, 'turn'), this.#file(turn, 'withdrawn'));
      return true;
    } catch {
      return false;
    }
  }

  /** Note that a turn's step is stopped because somebody wants it so. */
  markStopped(turn: string): void {
    writeFileSync(this.#file(turn, 'stop'), '');
  }

  /** Whether that is so. */
  isStopped(turn: string): boolean {
    return this.#is(turn, 'stop');
  }

  /** How many wait. */
  get waiting(): number {
    return this.#names().filter((name) => name.endsWith('.turn')).length;
  }

  /** How many turns have come so far. */
  get begun(): number {
    return this.#names().filter((name) => name.endsWith('.begun')).length;
  }

  /** Where the so-manieth allocation's script stands. */
  scriptFile(number: number): string {
    return this.#file(String(number), 'sbatch');
  }

  /** How many allocations have been asked for. */
  get allocations(): number {
    const numbers = this.#names().map((name) => Number(/^(\d+)\.sbatch$/.exec(name)?.[1] ?? 0));
    return Math.max(0, ...numbers);
  }

  #look(): void {
    if (existsSync(this.#folder)) writeFileSync(join(this.#folder, 'looked'), '');
  }

  #names(): string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder) : [];
  }

  #is(turn: string, state: string): boolean {
    return existsSync(this.#file(turn, state));
  }

  #file(turn: string, state: string): string {
    return join(this.#folder, `${turn}.${state}`);
  }
}
