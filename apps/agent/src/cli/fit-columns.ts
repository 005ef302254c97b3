import { InputError } from '@litmatter/protocol';
import type { ReadLine } from '@litmatter/scaling';

/** Which columns of somebody's table hold what a fit needs. */
export interface Columns {
  readonly devices?: string | undefined;
  readonly seconds?: string | undefined;
}

/** Words of which a column's name is made: one at least that says what it holds, the rest that say nothing else. */
interface Vocabulary {
  readonly telling: ReadonlySet<string>;
  readonly idle: ReadonlySet<string>;
}
const words = (text: string) => new Set(text.split(' '));

const vocabularies: Readonly<Record<keyof Columns, Vocabulary>> = {
  devices: {
    telling: words(
      'n p gpu gpus device devices rank ranks node nodes worker workers proc procs process processes processor processors core cores cpu cpus accelerator accelerators world',
    ),
    idle: words('n num number of no count counts total size'),
  },
  seconds: {
    telling: words(
      't s sec secs second seconds time times walltime runtime duration elapsed epochtime ms msec millisecond milliseconds min mins minute minutes h hr hrs hour hours',
    ),
    idle: words(
      'wall clock run epoch epochs mean median avg average train training per of in step iteration',
    ),
  },
};

/** "num_gpus", "numGPUs", "Time (s)": letters in runs, by case or by what stands between them. */
function isCalled(name: string, { telling, idle }: Vocabulary): boolean {
  const parts = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((part) => part !== '');
  return (
    parts.some((part) => telling.has(part)) && parts.every((part) => telling.has(part) || idle.has(part))
  );
}

/** Seconds in the unit that a column's name ends with. */
const units: readonly (readonly [name: RegExp, seconds: number])[] = [
  [/(^|[^a-z])(ms|msec|milliseconds?)\W*$/i, 1e-3],
  [/(^|[^a-z])(min|mins|minutes?)\W*$/i, 60],
  [/(^|[^a-z])(h|hr|hrs|hours?)\W*$/i, 3_600],
];

/**
 * The rows of a table with columns of any names, as `devices`, `seconds` and, where they are there, `repeat` and
 * `series`: by the names asked for, else by what such columns are usually called.
 *
 * @throws InputError naming the columns there are, and how to say which is meant
 */
export function renamed(lines: readonly ReadLine[], file: string, asked: Columns): ReadLine[] {
  const header = Object.keys((lines[0]?.record ?? {}) as object);
  if (header.length === 0) return [...lines];
  const devices = columnOf(header, file, 'devices', asked.devices);
  const seconds = columnOf(header, file, 'seconds', asked.seconds);
  const scale = units.find(([name]) => name.test(seconds))?.[1] ?? 1;
  const kept = header.filter((name) => /^(repeat|series)$/i.test(name));
  return lines.map(({ line, record }) => {
    const row = record as Record<string, string>;
    return {
      line,
      record: {
        ...Object.fromEntries(kept.map((name) => [name.toLowerCase(), row[name]])),
        devices: row[devices],
        seconds: scale === 1 ? row[seconds] : scaled(row[seconds], scale),
      },
    };
  });
}

function columnOf(
  header: readonly string[],
  file: string,
  what: keyof Columns,
  asked: string | undefined,
): string {
  const there = `its columns are ${header.map((name) => `"${name}"`).join(', ')}`;
  if (asked !== undefined) {
    if (header.includes(asked)) return asked;
    throw new InputError(`${file} has no column "${asked}": ${there}.`);
  }
  const plain = header.find((name) => name.toLowerCase() === what);
  if (plain !== undefined) return plain;
  const alike = header.filter((name) => isCalled(name, vocabularies[what]));
  const [only, ...others] = alike;
  if (only !== undefined && others.length === 0) return only;
  throw new InputError(
    only === undefined
      ? `${file} has no column of ${what}: ${there}. Say which it is with --${what} NAME.`
      : `${file} has several columns that may hold ${what} (${alike.map((name) => `"${name}"`).join(', ')}): say which with --${what} NAME.`,
  );
}

/** Text that is no number is left as it is: whoever decodes it says so, with its line. */
function scaled(text: string | undefined, by: number): string | undefined {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? text : String(value * by);
}
