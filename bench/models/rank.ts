import { countKernels, initialiseParameters, resolveModel, startBuffers } from '@litmatter/models';
import { buildGraphs, collate, degreeHistogram, type MoleculeSet } from '@litmatter/molecules';
import { adamState, adamStep, type Collective, Learner, noNormalisation } from '@litmatter/training';

/** One rank of the bench: full training steps of the parts that a training run is made of. */
export interface BenchRank {
  readonly parameters: number;
  /** Gradient, exchange, Adam, weights back to the backend: seconds. */
  step(): Promise<number>;
  /** Kernels launched for one gradient. Adam is one pass over the host's vectors. */
  launches(): Promise<number>;
}

/** What is measured: a model's `paper` preset with these options over it. */
export interface Measurement {
  readonly model: string;
  readonly options: Record<string, unknown>;
}

/** PyTorch's side trains with the same. */
const learningRate = 1e-3;

/**
 * Build a model on the current backend and put this rank's share of the molecules before it: every k-th one, so that k
 * ranks have like shares.
 */
export function benchRank(
  { model: name, options }: Measurement,
  set: MoleculeSet,
  collective: Collective,
): BenchRank {
  const { model, graph } = resolveModel({ name, preset: 'paper', options });
  const graphs = buildGraphs(set, graph);
  const all = Array.from({ length: set.size }, (_, m) => m);
  const batch = collate(
    set,
    graphs,
    all.filter((m) => m % collective.size === collective.rank),
    'y',
  );
  const parameters = initialiseParameters(model.layout, 42);
  const buffers = startBuffers(model, { degreeHistogram: degreeHistogram(set, graphs, all) });
  const adam = adamState(parameters.length);
  const learner = new Learner(model, 'mse', noNormalisation);
  const ready = learner.ready({ batch, counted: batch.molecules });
  const gradient = new Float32Array(parameters.length + 1 + buffers.length);
  learner.setWeights({ parameters, buffers });
  return {
    parameters: parameters.length,
    async step() {
      const began = performance.now();
      await learner.gradient(ready).read(gradient);
      await collective.allReduce(gradient);
      adamStep(parameters, gradient.subarray(1 + buffers.length), adam, learningRate, 1 / set.size);
      buffers.set(gradient.subarray(1, 1 + buffers.length).map((sum) => sum / collective.size));
      learner.setWeights({ parameters, buffers });
      return (performance.now() - began) / 1e3;
    },
    async launches() {
      const pending: Promise<void>[] = [];
      const { launches } = await countKernels(() => {
        pending.push(learner.gradient(ready).read(gradient));
      });
      await Promise.all(pending);
      return launches;
    },
  };
}
