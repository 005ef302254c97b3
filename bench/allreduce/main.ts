import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Our all-reduce beside a C program's MPI_Allreduce of as many floats, by turns in one run, so that what else the
 * machine does befalls both. Prints a table; "wanted" is a ratio of at most 1.3.
 *
 * npm run bench:allreduce [-- ROUNDS]
 */

const sizes = [500_000, 1_000_000, 2_100_000];
const repeats = 15;
/** Before all: a training's steps run compiled JavaScript, a process's first calls do not. */
const warmUp = { floats: 1_000, repeats: 200 };
/** The first of each size are connections being made and pages being touched. */
const unmeasured = 3;
const rounds = Number(process.argv[2] ?? 6);
const folder = fileURLToPath(new URL('.', import.meta.url));
const built = `${folder}build`;

function lacking(program: string, packages: string): never {
  process.stderr.write(
    `There is no ${program} here: apt-get install -y --no-install-recommends ${packages}\n`,
  );
  process.exit(3);
}

if (spawnSync('mpirun', ['--version']).status !== 0) lacking('mpirun', 'openmpi-bin');
if (spawnSync('mpicc', ['--version']).status !== 0) lacking('mpicc', 'gcc libc6-dev libopenmpi-dev');
mkdirSync(built, { recursive: true });
execFileSync('mpicc', ['-O3', '-o', `${built}/allreduce`, `${folder}allreduce.c`], { stdio: 'inherit' });

/** Seconds of each measured all-reduce, by size. */
function measure(ranks: number, program: readonly string[]): Map<number, number[]> {
  const plan = [warmUp, ...sizes.map((floats) => ({ floats, repeats }))];
  const words = plan.flatMap(({ floats, repeats }) => [String(floats), String(repeats)]);
  const shared = ranks > availableParallelism();
  const out = execFileSync(
    'mpirun',
    [
      ...(process.getuid?.() === 0 ? ['--allow-run-as-root'] : []),
      ...['--oversubscribe', '--bind-to', 'none', '-np', String(ranks), ...program, ...words],
    ],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        OMPI_MCA_btl_tcp_if_include: 'lo',
        ...(shared && { OMPI_MCA_mpi_yield_when_idle: '1' }),
      },
    },
  );
  const times = new Map<number, number[]>(sizes.map((floats) => [floats, []]));
  for (const line of out.trim().split('\n')) {
    const [floats, seconds] = line.split(' ').map(Number);
    times.get(floats!)?.push(seconds!);
  }
  for (const [floats, all] of times) times.set(floats, all.slice(unmeasured));
  return times;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const milliseconds = (seconds: number) => (1e3 * seconds).toFixed(2).padStart(8);

const ours = (how: string) => [process.execPath, `${folder}rank.ts`, how];
const sides = { C: [`${built}/allreduce`], ours: ours('whole'), parts: ours('parts') };

process.stdout.write(
  `ranks    floats   C (ms)  ours (ms)   ratio   in parts (ms)   ratio   (${rounds} rounds by turns, medians)\n`,
);
for (const ranks of [2, 4]) {
  const all = Object.entries(sides).map(([name, program]) => ({
    name,
    program,
    times: new Map<number, number[]>(sizes.map((floats) => [floats, []])),
  }));
  for (let round = 0; round < rounds; round++) {
    for (const { program, times } of all) {
      for (const [floats, measured] of measure(ranks, program)) times.get(floats)?.push(...measured);
    }
  }
  for (const floats of sizes) {
    const [c, whole, parts] = all.map(({ times }) => median(times.get(floats)!));
    const ratio = (seconds: number) => (seconds / c!).toFixed(2).padStart(6);
    process.stdout.write(
      `${String(ranks).padStart(5)} ${String(floats).padStart(9)} ${milliseconds(c!)}   ${milliseconds(whole!)}  ${ratio(whole!)}` +
        `        ${milliseconds(parts!)}  ${ratio(parts!)}\n`,
    );
  }
}
