import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { startBackend } from '@litmatter/models/node';
import { prepareTensorflow } from '@litmatter/models/tensorflow';
import { SingleCollective, threadsMemory } from '@litmatter/training';
import { z } from 'zod';
import { type MoleculesFile, moleculesFile, setOfFile } from './molecules-file.ts';
import { type BenchRank, benchRank } from './rank.ts';
import type { RankAnswer, RankInput } from './thread.ts';

/**
 * Our side of the comparison, spoken to as `pyg.py` is: one JSON object a line on stdin, one a line on stdout.
 *
 *   node ours.ts tensorflow|wasm RANKS OPTIONS
 */
const backend = z.enum(['tensorflow', 'wasm', 'cpu']).parse(process.argv[2]);
const ranks = z.coerce.number().int().positive().parse(process.argv[3]);
const options = z.record(z.string(), z.unknown()).parse(JSON.parse(process.argv[4] ?? '{}'));

const ask = z.union([
  z.object({ load: z.string() }),
  z.object({ model: z.string(), threads: z.number() }),
  z.object({ steps: z.number() }),
  z.object({ launches: z.literal(true) }),
]);

/** Ranks that are threads of this process, stepping together. */
async function threads(file: MoleculesFile, model: string): Promise<BenchRank> {
  const memory = threadsMemory(ranks);
  const workers = Array.from(
    { length: ranks },
    (_, rank) =>
      new Worker(new URL('./thread.ts', import.meta.url), {
        workerData: { backend, measurement: { model, options }, file, memory, rank } satisfies RankInput,
      }),
  );
  /** Ask all of them for the same, and take what rank 0 answers. */
  const together = async (question: 'ready' | 'step' | 'launches'): Promise<number> => {
    const answers = workers.map(
      (worker) =>
        new Promise<RankAnswer>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    );
    if (question !== 'ready') for (const worker of workers) worker.postMessage(question);
    const [first] = await Promise.all(answers);
    for (const worker of workers) worker.removeAllListeners('error');
    return first!.value;
  };
  const parameters = await together('ready');
  return { parameters, step: () => together('step'), launches: () => together('launches') };
}

async function build(file: MoleculesFile, model: string, threadsPerRank: number): Promise<BenchRank> {
  if (ranks > 1) return threads(file, model);
  if (backend === 'tensorflow') prepareTensorflow({ threadsPerRank });
  await startBackend(backend);
  return benchRank({ model, options }, setOfFile(file), new SingleCollective());
}

let file: MoleculesFile | undefined;
let rank: BenchRank | undefined;

async function answer(line: string): Promise<object> {
  const asked = ask.parse(JSON.parse(line));
  if ('load' in asked) {
    file = moleculesFile.parse(JSON.parse(readFileSync(asked.load, 'utf8')));
    return { molecules: file.molecules.length };
  }
  if ('model' in asked) {
    if (!file) throw new Error('load a batch first');
    rank = await build(file, asked.model, asked.threads);
    return { parameters: rank.parameters };
  }
  if (!rank) throw new Error('build a model first');
  if ('launches' in asked) return { launches: await rank.launches() };
  const seconds: number[] = [];
  for (let step = 0; step < asked.steps; step++) seconds.push(await rank.step());
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
