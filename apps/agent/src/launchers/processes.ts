import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Processes as they are found again after a hub restart: by id and start, since ids are given anew. */

const procfs = existsSync('/proc/self/stat');

/** When a process started, as a text that two lives of one id do not share; undefined where it is not there (or only its zombie). */
export function startOf(pid: number): string | undefined {
  if (procfs) {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      return undefined;
    }
    // The command in parentheses may hold spaces: fields are counted from its end (proc(5): 3 state, 22 starttime).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${fields[19]}@${bootId()}`;
  }
  const line = ps(['-o', 'stat=,lstart=', '-p', String(pid)])[0];
  if (line === undefined || line.startsWith('Z')) return undefined;
  return line.replace(/^\S+\s+/, '').replaceAll(/\s+/g, '-');
}

/** The process whose argument list holds `argument`; undefined where there is none. */
export function findByArgument(argument: string): number | undefined {
  return findAllByArgument(argument)[0];
}

/** Every process whose argument list holds `argument`. */
export function findAllByArgument(argument: string): number[] {
  const found: number[] = [];
  if (procfs) {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        if (words.includes(argument) && startOf(Number(name)) !== undefined) found.push(Number(name));
      } catch {
        // It ended meanwhile, or is another user's.
      }
    }
    return found;
  }
  return ps(['-axo', 'pid=,args='])
    .filter((text) => text.includes(` ${argument}`))
    .map((line) => Number.parseInt(line, 10));
}

/** Signal a process, or with a negative id its group. Returns whether there was one to signal. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

let boot: string | undefined;

/** Start times count from the boot: the same number may come again after the next one. */
function bootId(): string {
  if (boot === undefined) {
    try {
      boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
    } catch {
      boot = 'boot';
    }
  }
  return boot;
}

function ps(words: string[]): string[] {
  try {
    return execFileSync('ps', words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5_000,
    })
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
