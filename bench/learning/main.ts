/**
 * Do our models learn as PyTorch Geometric's do? NNConv and SchNet, three seeds each, trained by both on the same
 * molecules of QM9 from the same weights with the same batches; the errors on the same validation molecules are set side
 * by side. Each training is a process on one thread; two run at a time. What is done is kept in bench/learning/results
 * and not done again, so a stop costs the trainings under way.
 *
 *   npm run bench:learning -- [--qm9 FOLDER] [--again]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeWeights, initialiseParameters, resolveModel, weightCard } from '@litmatter/models';
import { peerPython } from '../peer.ts';
import { type Cell, cells, type Job, kept, type Result, sides, target } from './cells.ts';
import { defaultFolder, readMolecules, splitOf, writeMolecules, writeOrder } from './data.ts';
import { table } from './table.ts';

const { values } = parseArgs({
  options: { qm9: { type: 'string', default: defaultFolder }, again: { type: 'boolean', default: false } },
});
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const results = here('results');
const resultFile = ({ model, seed }: Cell, side: string) => join(results, `${model}-${seed}-${side}.json`);

/** What PyG's classes have no argument for: how we compute, not what. */
const oursAlone = new Set(['filter', 'readout', 'mean', 'std', 'atomref']);

/** Everything that both sides of a cell start from, as files. */
function prepare(
  cell: Cell,
  folder: string,
  shared: Pick<Job, 'molecules' | 'train' | 'validation' | 'mean' | 'std'>,
): Job {
  const name = `${cell.model}-${cell.seed}`;
  const { model, options } = resolveModel({ name: cell.model, preset: 'small', options: {} });
  const weights = join(folder, `${name}.safetensors`);
  const card = weightCard.parse({
    version: '0',
    model: { name: cell.model, preset: 'small' },
    target: { name: target, unit: 'D', mean: shared.mean, std: shared.std },
    dataset: { name: 'qm9' },
    epoch: 0,
    validationMae: null,
  });
  const parameters = initialiseParameters(model.layout, cell.seed);
  writeFileSync(weights, encodeWeights(model, { parameters, buffers: new Float32Array(0) }, card));
  const order = join(folder, `${name}.order`);
  writeOrder(order, cell, shared.train);
  const both = Object.entries(options as Record<string, unknown>).filter(
    ([option]) => !oursAlone.has(option),
  );
  return { ...cell, ...shared, order, weights, options: Object.fromEntries(both), out: '' };
}

/** Train one cell on one side. @returns whether it went well */
async function trainCell(
  job: Job,
  side: (typeof sides)[number],
  folder: string,
  python: string,
): Promise<boolean> {
  const out = join(folder, `${job.model}-${job.seed}-${side}.result`);
  const file = join(folder, `${job.model}-${job.seed}-${side}.json`);
  writeFileSync(file, JSON.stringify({ ...job, out }));
  const [program, ...words] =
    side === 'ours' ? [process.execPath, here('ours.ts'), file, values.qm9] : [python, here('pyg.py'), file];
  const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
  children.add(child);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  children.delete(child);
  if (code !== 0) return false;
  renameSync(out, resultFile(job, side));
  return true;
}

const python = peerPython();
mkdirSync(results, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'litmatter-learning-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const children = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    for (const child of children) child.kill();
    process.exit(130);
  });
}

const set = await readMolecules(values.qm9);
const { train, validation, mean, std } = splitOf(set);
const shared = {
  molecules: join(folder, 'molecules.jsonl'),
  train: train.length,
  validation: validation.length,
  mean,
  std,
};
writeMolecules(shared.molecules, set, [...train, ...validation]);

const waiting = cells
  .flatMap((cell) => sides.map((side) => ({ cell, side })))
  .filter(({ cell, side }) => values.again || !kept(resultFile(cell, side), cell));
let failed = 0;
/** Take cell after cell from the line until it is empty. */
async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const went = await trainCell(prepare(next.cell, folder, shared), next.side, folder, python);
    if (!went) failed++;
  }
}
await Promise.all([work(), work()]);

const found = cells.flatMap((cell) => sides.map((side) => kept(resultFile(cell, side), cell)));
process.stdout.write(table(found.filter((one): one is Result => one !== undefined)));
process.exitCode = failed > 0 ? 1 : 0;
