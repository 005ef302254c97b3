import { fileURLToPath } from 'node:url';
import { type Measured, Side } from './side.ts';

/** One way to compute a model: PyTorch Geometric's, or one of ours. */
export interface Way {
  readonly name: string;
  /** Ranks that share the batch, and threads of each. */
  readonly ranks: number;
  readonly threads: number;
  readonly start: () => Side;
}

/** What a way was measured to take. */
export interface Outcome {
  readonly way: Way;
  readonly parameters: number;
  /** Of every measured step. */
  readonly seconds: readonly number[];
  readonly launches: number;
  readonly peakBytes: number;
}

const ours = fileURLToPath(new URL('./ours.ts', import.meta.url));

/** PyTorch Geometric with so many threads. */
export function peerWay(python: string, threads: number): Way {
  const script = fileURLToPath(new URL('./pyg.py', import.meta.url));
  return { name: 'PyG', ranks: 1, threads, start: () => new Side('PyG', python, [script]) };
}

/** One of our backends; `options` are those of the model over its `paper` preset, `label` says them in a word. */
export function ownWay(
  backend: string,
  { ranks, threads }: Pick<Way, 'ranks' | 'threads'>,
  options: object = {},
  label = '',
): Way {
  const name = label === '' ? backend : `${backend}, ${label}`;
  const words = [ours, backend, String(ranks), JSON.stringify(options)];
  return { name, ranks, threads, start: () => new Side(name, process.execPath, words) };
}

/** About so many seconds a way computes in each of its turns, and so many steps at most. */
const turnSeconds = 1;
const mostSteps = 5;

/** The first steps compile, allocate and touch memory: so many are not counted, fewer where one takes long. */
const warmUpSeconds = 3;

interface Prepared {
  readonly way: Way;
  readonly side: Side;
  readonly parameters: number;
  /** Steps of a turn. */
  readonly steps: number;
  readonly seconds: number[];
  peakBytes: number;
}

async function prepare(way: Way, model: string, molecules: string): Promise<Prepared> {
  const side = way.start();
  try {
    await side.load(molecules);
    const parameters = await side.build(model, way.threads);
    const began = performance.now();
    let last: Measured;
    do last = await side.steps(1);
    while (performance.now() - began < 1e3 * warmUpSeconds);
    const steps = Math.max(1, Math.min(mostSteps, Math.round(turnSeconds / last.seconds[0]!)));
    return { way, side, parameters, steps, seconds: [], peakBytes: last.peakBytes };
  } catch (error) {
    await side.close();
    throw error;
  }
}

/**
 * Measure the ways of computing a model on one batch: a process each, all of them alive, and in every round each has its
 * turn.
 *
 * @param molecules - path of the batch's molecules
 */
export async function compare(
  ways: readonly Way[],
  model: string,
  molecules: string,
  rounds: number,
): Promise<Outcome[]> {
  const prepared: Prepared[] = [];
  try {
    for (const way of ways) {
      const one = await prepare(way, model, molecules);
      prepared.push(one);
      const { parameters } = prepared[0]!;
      if (one.parameters !== parameters) {
        throw new Error(`${way.name} has ${one.parameters} parameters, ${ways[0]!.name} ${parameters}`);
      }
    }
    for (let round = 0; round < rounds; round++) {
      for (const one of prepared) {
        const { seconds, peakBytes } = await one.side.steps(one.steps);
        one.seconds.push(...seconds);
        one.peakBytes = peakBytes;
      }
    }
    const outcomes: Outcome[] = [];
    // Counted last: the profilers keep memory of their own.
    for (const { way, side, parameters, seconds, peakBytes } of prepared) {
      outcomes.push({ way, parameters, seconds, launches: await side.launches(), peakBytes });
    }
    return outcomes;
  } finally {
    await Promise.all(prepared.map(({ side }) => side.close()));
  }
}
