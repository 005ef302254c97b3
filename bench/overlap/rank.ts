import { MpiCollective } from '@litmatter/agent/mpi/collective';
import { loadMpi } from '@litmatter/agent/mpi/library';
import { initialiseParameters, resolveModel, startBuffers } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import { buildGraphs, bundled, collate, degreeHistogram, selectMolecules } from '@litmatter/molecules';
import { dataFolderDatasets } from '@litmatter/molecules/node';
import { agreedOrder, Learner, noNormalisation, StepExchange } from '@litmatter/training';

/**
 * One rank of a training whose steps send their gradients in parts, ahead of the rest, or at once, by turns: arguments
 * "model batch steps". Rank 0 prints a line a step: JSON with `how`, `seconds`, and `waited`, the seconds of it that the
 * exchange took after the gradient was done.
 */

const [name, batchSize, steps] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const mpi = loadMpi();
const collective = new MpiCollective(mpi, mpi.initialise());
await startBackend('wasm');

const whole = await bundled.load(dataFolderDatasets('no folder is needed'), {});
const places = Array.from({ length: batchSize }, (_, i) => 300 + 20 * i + collective.rank);
const set = selectMolecules(whole, Uint32Array.from(places));
const { model, graph } = resolveModel({ name, preset: 'paper', options: {} });
const graphs = buildGraphs(set, graph);
const all = Array.from({ length: set.size }, (_, m) => m);
const weights = {
  parameters: initialiseParameters(model.layout, 42),
  buffers: startBuffers(model, { degreeHistogram: degreeHistogram(set, graphs, all) }),
};
const learner = new Learner(model, 'mse', noNormalisation);
learner.setWeights(weights);
const ready = learner.ready({ batch: collate(set, graphs, all, 'dipole'), counted: set.size });
const used = await agreedOrder(collective, model, () => learner.orderOfUse(ready));
const exchanges = {
  ahead: new StepExchange(collective, model, used),
  whole: new StepExchange(collective, model),
};

for (let step = 0; step < 2 * steps; step++) {
  const how = step % 2 === 0 ? 'ahead' : 'whole';
  const exchange = exchanges[how];
  await collective.barrier();
  const began = performance.now();
  const pending = learner.gradient(ready, { ahead: exchange.ahead });
  await pending.read(exchange.own);
  const computed = performance.now();
  await exchange.sum(set.size, false);
  const ended = performance.now();
  const line = { how, seconds: (ended - began) / 1e3, waited: (ended - computed) / 1e3 };
  if (collective.rank === 0)
    process.stdout.write(`${JSON.stringify({ ...line, floats: model.layout.size })}\n`);
}
mpi.finalise();
