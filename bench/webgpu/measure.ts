import { countKernels, resolveModel, withComposedOps } from '@litmatter/models';
import { buildGraphs, collate, type MoleculeSet, suitMolecules } from '@litmatter/molecules';
import { training } from '@litmatter/protocol';
import type { TrainingData } from '@litmatter/training';
import { StepTrainer } from '@litmatter/training/stepwise';

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

/** All that a step launches is launched before it first waits. */
const inForm = <R>(composed: boolean, body: () => R): R => (composed ? withComposedOps(body) : body());

/** Rounds of both forms by turns, so that what else the machine does befalls both. A step is the Prototype page's own. */
export async function measure(
  set: MoleculeSet,
  { model: name, preset, molecules }: Case,
  rounds: number,
): Promise<Measured> {
  const { model, graph } = resolveModel({ name, preset, options: {} });
  const suited = suitMolecules(set, graph);
  const graphs = buildGraphs(suited, graph);
  const train = Uint32Array.from({ length: molecules }, (_, k) => (k * 37) % suited.size);
  const none = new Uint32Array(0);
  const split = { train, validation: none, test: none };
  const data: TrainingData = { set: suited, graphs, target: 'dipole', split };
  const spec = training.parse({ epochs: 1, batchPerDevice: molecules, learningRate: 1e-4 });
  const forms: Form[] = [];
  const steps: (() => Promise<unknown>)[] = [];
  for (const composed of [true, false]) {
    const trainer = inForm(composed, () => new StepTrainer(model, data, spec));
    const step = async () => {
      await inForm(composed, () => trainer.step());
      // One step an epoch: always the same molecules.
      inForm(composed, () => trainer.endEpoch(1));
    };
    // The first step compiles the programs.
    await step();
    let counted: Promise<unknown> | undefined;
    const { launches } = await countKernels(() => {
      counted = step();
    });
    await counted;
    forms.push({ launches, milliseconds: [] });
    steps.push(step);
  }
  for (let round = 0; round < rounds; round++) {
    for (const [k, step] of steps.entries()) {
      const start = performance.now();
      await step();
      forms[k].milliseconds.push(performance.now() - start);
    }
  }
  const { atoms, edges } = collate(suited, graphs, train, 'dipole');
  const [composed, fused] = forms;
  return { atoms, edges, parameters: model.layout.size, composed, fused };
}
