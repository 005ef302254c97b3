import {
  countKernels,
  initialiseParameters,
  type Model,
  resolveModel,
  startBuffers,
  withComposedOps,
} from '@litmatter/models';
import { type Batch, buildGraphs, collate, type MoleculeSet, suitMolecules } from '@litmatter/molecules';
import { adamState, adamStep, Learner } from '@litmatter/training';

/** Runs in Node and in a page alike: training steps on the current backend, with our kernels and without. */

export interface Case {
  readonly model: string;
  readonly preset: string;
  readonly molecules: number;
}

export interface Form {
  readonly launches: number;
  /** Of every measured step. */
  readonly milliseconds: number[];
}

export interface Measured {
  readonly atoms: number;
  readonly edges: number;
  readonly parameters: number;
  readonly composed: Form;
  readonly fused: Form;
}

/** A training step, from a collated batch to new weights on the device: what the Prototype page does. */
function stepper(model: Model, batch: Batch) {
  const learner = new Learner(model, 'mse', { mean: 0, std: 1 });
  const parameters = initialiseParameters(model.layout, 1);
  const buffers = startBuffers(model, { degreeHistogram: [0, 5, 4, 2, 1] });
  const adam = adamState(parameters.length);
  const into = new Float32Array(parameters.length + 1 + buffers.length);
  learner.setWeights({ parameters, buffers });
  const launch = () => {
    const ready = learner.ready({ batch, counted: batch.molecules });
    const gradient = learner.gradient(ready);
    ready.dispose();
    return gradient;
  };
  return {
    launch,
    async step(composed: boolean) {
      // All that a step launches is launched before its first wait.
      const pending = composed ? withComposedOps(launch) : launch();
      await pending.read(into);
      adamStep(parameters, into, adam, 1e-4, 1 / batch.molecules);
      learner.setWeights({ parameters, buffers });
    },
    dispose: () => learner.dispose(),
  };
}

/** Rounds of both forms by turns, so that what else the machine does befalls both. */
export async function measure(
  set: MoleculeSet,
  { model: name, preset, molecules }: Case,
  rounds: number,
): Promise<Measured> {
  const { model, graph } = resolveModel({ name, preset, options: {} });
  const suited = suitMolecules(set, graph);
  const graphs = buildGraphs(suited, graph);
  const places = Array.from({ length: molecules }, (_, k) => (k * 37) % suited.size);
  const batch = collate(suited, graphs, places, 'dipole');
  const { launch, step, dispose } = stepper(model, batch);
  const forms = { composed: [] as number[], fused: [] as number[] };
  const launches = { composed: 0, fused: 0 };
  for (const form of ['composed', 'fused'] as const) {
    const composed = form === 'composed';
    // The first step compiles the programs.
    await step(composed);
    const run = () => launch().read(new Float32Array(model.layout.size * 2 + 4096));
    launches[form] = (await countKernels(() => void (composed ? withComposedOps(run) : run()))).launches;
  }
  for (let round = 0; round < rounds; round++) {
    for (const form of ['composed', 'fused'] as const) {
      const start = performance.now();
      await step(form === 'composed');
      forms[form].push(performance.now() - start);
    }
  }
  dispose();
  return {
    atoms: batch.atoms,
    edges: batch.edges,
    parameters: model.layout.size,
    composed: { launches: launches.composed, milliseconds: forms.composed },
    fused: { launches: launches.fused, milliseconds: forms.fused },
  };
}
