/**
 * Our side of one cell: node ours.ts JOB.json [FOLDER of QM9]. Trains with the step trainer of the product, from the
 * weights it is given and in the order of the sampler, and writes what the validation molecules say after each epoch.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readWeights, resolveModel, weightsFrom } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import { buildGraphs, collate } from '@litmatter/molecules';
import { training } from '@litmatter/protocol';
import { adamState, type TrainingData } from '@litmatter/training';
import { StepTrainer } from '@litmatter/training/stepwise';
import { cell, firstSteps, job as jobSchema, type Result, target } from './cells.ts';
import { readMolecules, splitOf } from './data.ts';

const [jobFile, folder] = process.argv.slice(2) as [string, string];
const job = jobSchema.parse(JSON.parse(readFileSync(jobFile, 'utf8')));
const backend = await startBackend('wasm');
const { model, graph } = resolveModel({ name: job.model, preset: 'small', options: {} });
const set = await readMolecules(folder);
const { train, validation, mean, std } = splitOf(set);
const data: TrainingData = {
  set,
  graphs: buildGraphs(set, graph),
  split: { train, validation, test: [] },
  target,
};
const spec = training.parse({
  epochs: job.epochs,
  batchPerDevice: job.batch,
  learningRate: job.learningRate,
  loss: 'mse',
  schedule: 'constant',
  seed: job.seed,
});
const { parameters, buffers } = weightsFrom(readWeights(readFileSync(job.weights), job.weights), model);
const state = {
  epoch: 0,
  parameters,
  buffers,
  adam: adamState(parameters.length),
  schedule: { learningRate: job.learningRate, best: Number.POSITIVE_INFINITY, badEpochs: 0 },
  normalisation: { mean, std },
  best: null,
};
const trainer = new StepTrainer(model, data, spec, { state, step: 0 });

/** In the target's unit. */
async function meanAbsoluteError(): Promise<number> {
  let sum = 0;
  for (let first = 0; first < validation.length; first += 100) {
    const batch = collate(set, data.graphs, validation.subarray(first, first + 100), target);
    const predictions = await trainer.predict(batch);
    sum += predictions.reduce((total, value, m) => total + Math.abs(value - batch.y[m]!), 0);
  }
  return sum / validation.length;
}

const began = performance.now();
const steps = job.epochs * trainer.stepsPerEpoch;
const losses: number[] = [];
const validationMae: number[] = [];
for (let step = 0; step < steps; step++) {
  trainer.state.schedule.learningRate = job.learningRate * (1 - step / steps);
  const { loss, epochDone } = await trainer.step();
  if (losses.length < firstSteps) losses.push(loss);
  if (!epochDone) continue;
  validationMae.push(await meanAbsoluteError());
  trainer.endEpoch(validationMae.at(-1)!);
  process.stderr.write(
    `${job.model}, seed ${job.seed}, ours: epoch ${validationMae.length} of ${job.epochs}, `,
  );
  process.stderr.write(`validation MAE ${validationMae.at(-1)!.toFixed(4)}\n`);
}
trainer.dispose();
const done: Result = {
  cell: cell.parse(job),
  side: 'ours',
  made: `LitMatter on ${backend.name}`,
  validationMae,
  losses,
  seconds: (performance.now() - began) / 1000,
};
writeFileSync(job.out, `${JSON.stringify(done, null, 2)}\n`);
