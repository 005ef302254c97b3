import { hostname } from 'node:os';
import { type Model, resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/node';
import type { EpochEvent, RunEventBody } from '@litmatter/protocol';
import { SingleCollective, type TrainingData, train } from '@litmatter/training';
import type { Registry } from '../config.ts';
import { prepareData } from '../rank/prepare.ts';
import { readyTensorflow } from '../tensorflow/ready.ts';
import { measureExchange } from './exchange.ts';
import { maxSizes, type TrialRequest, type TrialResult } from './trial.ts';

/** Of each batch size: epochs of a few steps, until one of these runs out. */
const mostEpochs = 8;
const mostSeconds = 8;
const stepsPerEpoch = 4;
/** Epochs in which code is compiled and caches fill. */
const coldEpochs = 2;

/** Carry out a trial. @throws InputError, LackingError as a run of the same spec would */
export async function carryOutTrial(request: TrialRequest, registry: Registry): Promise<TrialResult> {
  const { spec } = request;
  const data = await prepareData(spec, registry, request.dataFolder);
  const { train: places } = data.split;
  const stride = Math.max(1, Math.ceil(places.length / maxSizes));
  const sizes = Array.from({ length: Math.ceil(places.length / stride) }, (_, k) =>
    sizeOf(data, places[k * stride]!),
  );
  const found = { molecules: data.set.size, sizes };
  if (!request.train) return { ...found, training: null };

  readyTensorflow(1);
  const backend = await startBackend(spec.backend);
  const { model } = resolveModel(spec.model, registry.models);
  const batch = spec.training.batchPerDevice;
  const steps = [];
  for (const size of new Set([batch, Math.max(1, Math.floor(batch / 4))])) {
    steps.push(...(await timeSteps(model, data, request, size)));
  }
  return {
    ...found,
    training: {
      backend: backend.name,
      device: backend.device,
      steps,
      exchange: await measureExchange(model.layout.size),
    },
  };
}

/** Train on the first few batches of the split, again and again: every epoch after the cold ones is a
 * measurement. */
async function timeSteps(
  model: Model,
  data: TrainingData,
  { spec }: TrialRequest,
  batch: number,
): Promise<{ seconds: number; size: number }[]> {
  const used = Array.from(
    { length: Math.min(data.split.train.length, batch * stepsPerEpoch) },
    (_, k) => data.split.train[k]!,
  );
  const size = used.reduce((sum, molecule) => sum + sizeOf(data, molecule), 0);
  const epochs: EpochEvent[] = [];
  const deadline = performance.now() + 1e3 * mostSeconds;
  await train({
    model,
    data: { ...data, split: { train: used, validation: [], test: [] } },
    spec: { ...spec.training, batchPerDevice: batch, epochs: mostEpochs },
    collective: new SingleCollective(),
    place: { host: hostname(), device: 'trial', backend: 'cpu' },
    oversubscribed: false,
    report: (body: RunEventBody) => {
      if (body.type === 'epoch') epochs.push(body as EpochEvent);
    },
    shouldStop: () => epochs.length > coldEpochs && performance.now() > deadline,
  });
  const warm = epochs.slice(coldEpochs);
  return warm.map((epoch) => ({ seconds: epoch.seconds / epoch.steps, size: size / epoch.steps }));
}

/** Edges and atoms of a molecule, as the model sees it. */
function sizeOf({ set, graphs }: TrainingData, molecule: number): number {
  const [first, last] = [set.atomOffsets[molecule]!, set.atomOffsets[molecule + 1]!];
  return graphs.rowOffsets[last]! - graphs.rowOffsets[first]! + (last - first);
}
