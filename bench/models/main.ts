/**
 * Our four models beside PyTorch Geometric's own, on this machine: the same molecules, the same threads, rounds by
 * turns in one run so that what else the machine does befalls both. Prints seconds a training step, the ratio, kernels
 * launched a step, and the most memory each process had. `--help` lists what can be chosen.
 *
 *   npm run bench:models -- [--models schnet,pna] [--backends tensorflow,wasm] [--rounds 5] [--batch 128]
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultDataFolder } from '@litmatter/agent';
import { Command, InvalidArgumentError } from 'commander';
import { peerPython } from '../peer.ts';
import { compare, ownWay, peerWay, type Way } from './compare.ts';
import { drawn, qm9Source, type Source, zincSource } from './molecules.ts';
import { printHeader, printRows } from './table.ts';

const modelNames = ['schnet', 'nnconv', 'dimenet', 'pna'];
const backendNames = ['tensorflow', 'wasm'];

const listOf = (known: readonly string[]) => (text: string) => {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new InvalidArgumentError(`"${unknown}" is none of ${known.join(', ')}.`);
};
const whole = (text: string) => {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1.');
};

const cores = availableParallelism();
const options = new Command('npm run bench:models --')
  .description('a training step of each model, ours and PyTorch Geometric’s, by turns')
  .option('--models <names>', modelNames.join(', '), listOf(modelNames), modelNames)
  .option('--backends <names>', backendNames.join(', '), listOf(backendNames), backendNames)
  .option('--rounds <N>', 'turns that each side has', whole, 5)
  .option('--batch <B>', 'molecules of a step', whole, 128)
  .option('--threads <T>', 'cores that each side has', whole, cores)
  .parse()
  .opts<{ models: string[]; backends: string[]; rounds: number; batch: number; threads: number }>();

/** TensorFlow where it is named, else where the data folder or a run of the tests has it; undefined where nowhere. */
function tensorflowFolder(): string | undefined {
  const places = [
    process.env.LITMATTER_TENSORFLOW,
    join(defaultDataFolder(), 'backends', 'tensorflow'),
    fileURLToPath(new URL('../../node_modules/.cache/litmatter/tensorflow', import.meta.url)),
  ];
  return places.find((place) => place !== undefined && existsSync(join(place, 'installed.json')));
}

const folder = tensorflowFolder();
const { threads } = options;

/** Our ways of computing a model on these threads. */
function ownWays(model: string): Way[] {
  const ways: Way[] = [];
  const exact = { filter: 'exact' };
  if (options.backends.includes('tensorflow') && folder !== undefined) {
    ways.push(ownWay('tensorflow', { ranks: 1, threads }));
    if (model === 'schnet') ways.push(ownWay('tensorflow', { ranks: 1, threads }, exact, 'exact'));
  }
  if (options.backends.includes('wasm')) {
    ways.push(ownWay('wasm', { ranks: threads, threads: 1 }));
    if (threads > 1) ways.push(ownWay('wasm', { ranks: 1, threads: 1 }));
    if (model === 'schnet') ways.push(ownWay('wasm', { ranks: threads, threads: 1 }, exact, 'exact'));
  }
  return ways;
}

/** Memory that PyG's DimeNet takes for each molecule of QM9 in a step: 6.4 GB for 32. */
const dimenetBytes = 0.2e9;

/** Molecules of a step: fewer of DimeNet's where PyG would take more than half of the memory there is. */
function batchOf(model: string): number {
  if (model !== 'dimenet') return options.batch;
  const fitting = 2 ** Math.floor(Math.log2(freemem() / 2 / dimenetBytes));
  return Math.max(1, Math.min(options.batch, fitting));
}

if (folder === undefined && options.backends.includes('tensorflow')) {
  process.stderr.write(
    'TensorFlow is not installed here and is left out: litmatter backend install tensorflow\n',
  );
} else if (folder !== undefined) process.env.LITMATTER_TENSORFLOW = folder;
const python = peerPython();
const work = mkdtempSync(join(tmpdir(), 'litmatter-bench-'));
const sources = new Map<boolean, Source>();

/** Where a model's molecules are from, read once. */
async function sourceOf(model: string): Promise<Source> {
  const bonds = model === 'pna';
  const known = sources.get(bonds) ?? (await (bonds ? zincSource() : qm9Source()));
  sources.set(bonds, known);
  return known;
}

try {
  const batches = new Map(options.models.map((model) => [model, batchOf(model)]));
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${threads} of ${cores} cores\n`);
  for (const model of options.models) {
    const { words } = await sourceOf(model);
    const batch = batches.get(model)!;
    const why = batch < options.batch ? `; PyG has not the memory for ${options.batch} here` : '';
    process.stdout.write(`${model}: ${batch} molecules of ${words}${why}\n`);
  }
  process.stdout.write('\n');
  printHeader();
  for (const model of options.models) {
    const molecules = join(work, `${model}.json`);
    writeFileSync(molecules, JSON.stringify(drawn(await sourceOf(model), batches.get(model)!)));
    const ways = [peerWay(python, threads), ...ownWays(model)];
    printRows(model, await compare(ways, model, molecules, options.rounds), threads);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
