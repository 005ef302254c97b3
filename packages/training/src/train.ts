import { initialiseParameters, type Model, startBuffers } from '@litmatter/models';
import { degreeHistogram } from '@litmatter/molecules';
import {
  decode,
  InputError,
  type RankPlace,
  type RunEventBody,
  rankPlace,
  type TrainingSpec,
} from '@litmatter/protocol';
import { adamState } from './adam.ts';
import type { Collective } from './collective/collective.ts';
import { gatherText } from './collective/text.ts';
import { checkData, collateShare, type TrainingData } from './data.ts';
import { type EnergyMeter, gatherNames, noEnergy, spentSince } from './energy.ts';
import { type Bench, trainEpoch } from './epoch.ts';
import { evaluate } from './evaluate.ts';
import { agreedOrder, StepExchange } from './exchange.ts';
import { Learner } from './learner.ts';
import { noNormalisation, normalisationOf } from './normalise.ts';
import { type EpochFacts, epochRecord } from './record.ts';
import { stepsPerEpoch } from './sampler.ts';
import { scheduleState, scheduleStep } from './schedule.ts';
import { type BestEpoch, copyState, type TrainingState } from './state.ts';

export interface TrainInput {
  readonly model: Model;
  readonly data: TrainingData;
  readonly spec: TrainingSpec;
  readonly collective: Collective;
  /** Where this rank computes. The current backend is the one used. */
  readonly place: Omit<RankPlace, 'rank'>;
  /** More ranks than cores or devices. */
  readonly oversubscribed: boolean;
  /** Called on rank 0 only: `started`, then an `epoch` after each epoch, and `log`s. Never `ended`. */
  readonly report: (body: RunEventBody) => void;
  /** Looked at before every exchange: true on any rank stops all of them at the same step. */
  readonly shouldStop: () => boolean;
  /** Go on from here; the same state on every rank. */
  readonly resume?: TrainingState;
  /** Called on rank 0 after each epoch, between two timed ones: a place to keep the state, which must not be changed. */
  readonly onEpoch?: (state: TrainingState) => void;
  /** Counts the energy spent where this rank computes. */
  readonly energy?: EnergyMeter;
  /** How long to train on a copy before the first epoch (see `warmUp`); 0 not to. */
  readonly warmUpSeconds?: number;
}

/** After about so long the hot paths of a small model are compiled; a large model does a step or two meanwhile. */
const defaultWarmUpSeconds = 1;

export interface TrainResult {
  readonly outcome: 'finished' | 'stopped';
  /** Where training stands at the end of its last whole epoch: final parameters included, the same on every rank. */
  readonly state: TrainingState;
  /** In the target's own unit; null where there is no test split or training was stopped. */
  readonly testMae: number | null;
}

/**
 * Train a model. Every rank calls this with the same model, data and spec, and its own collective; each leaves with
 * the same parameters, bit for bit. Deterministic: the same call gives the same numbers again.
 *
 * @throws InputError where the data cannot be trained on
 * @throws LostPeerError where another rank is gone
 * @throws DivergedError where the loss is not finite any more
 */
export async function train(input: TrainInput): Promise<TrainResult> {
  const { model, data, spec, collective } = input;
  const report = collective.rank === 0 ? input.report : () => {};
  checkData(data);
  const state = input.resume ? resumed(input.resume, model) : freshState(model, data, spec);
  await collective.broadcast(state.parameters);
  await collective.broadcast(state.buffers);
  await collective.broadcast(state.adam.firstMoment);
  await collective.broadcast(state.adam.secondMoment);
  const hosts = await reportStart(input, report);

  const learner = new Learner(model, spec.loss, state.normalisation);
  try {
    learner.setWeights(state);
    const exchange = await exchangeOf(input, learner);
    const bench: Bench = { data, spec, collective, learner, exchange, shouldStop: input.shouldStop };
    await warmUp(bench, state, input.warmUpSeconds ?? defaultWarmUpSeconds);
    return await trainEpochs(bench, state, report, { ...input, hosts });
  } finally {
    learner.dispose();
  }
}

/** How steps are exchanged. A few molecules show which parameters the model takes up first. */
async function exchangeOf({ model, data, collective }: TrainInput, learner: Learner): Promise<StepExchange> {
  const used = await agreedOrder(collective, model, () => {
    const few = Uint32Array.from({ length: Math.min(2, data.split.train.length) }, (_, i) => i);
    const ready = learner.ready(collateShare(data, data.split.train, { order: few, counted: few.length }));
    const order = learner.orderOfUse(ready);
    ready.dispose();
    return order;
  });
  return new StepExchange(collective, model, used);
}

/**
 * Train for a moment on a copy of the state that is then thrown away: JavaScript and WebAssembly are compiled, shaders
 * built and buffers pooled while no epoch is timed. Without it the first epochs of a small model take half as long
 * again as the later ones, and more ranks, having fewer steps an epoch, seem to scale worse than they do.
 */
async function warmUp(bench: Bench, state: TrainingState, seconds: number): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  const shouldStop = () => bench.shouldStop() || performance.now() >= end;
  if (seconds > 0) {
    const copy = copyState(state);
    bench.learner.setWeights(copy);
    for (let epoch = 1; ; epoch++) {
      const { stopped } = await trainEpoch({ ...bench, shouldStop }, copy, epoch);
      if (stopped) break;
    }
  }
  bench.learner.setWeights(state);
}

async function trainEpochs(
  bench: Bench,
  start: TrainingState,
  report: (body: RunEventBody) => void,
  { onEpoch, energy = noEnergy, hosts }: Pick<TrainInput, 'onEpoch' | 'energy'> & Pick<EpochFacts, 'hosts'>,
): Promise<TrainResult> {
  const { data, spec, collective } = bench;
  const counterNames = await gatherNames(collective, energy);
  const { normalisation } = start;
  const trainSamples = data.split.train.length;
  const steps = stepsPerEpoch({
    samples: trainSamples,
    ranks: collective.size,
    batch: spec.batchPerDevice,
  });
  let state = start;
  for (let epoch = state.epoch + 1; epoch <= spec.epochs; epoch++) {
    const before = copyState(state);
    const counted = energy.read();
    const outcome = await trainEpoch(bench, state, epoch);
    const spent = spentSince(counted, energy.read());
    if (outcome.stopped) return { outcome: 'stopped', state: before, testMae: null };
    const validation = await evaluate(bench, data.split.validation, normalisation);
    if (validation.stopped) return { outcome: 'stopped', state: before, testMae: null };

    const { learningRate } = state.schedule;
    const facts = {
      ...{ epoch, steps, trainSamples, learningRate, validationMae: validation.mae },
      ...{ hosts, spent, counterNames },
    };
    const record = await epochRecord(collective, outcome, validation.seconds, facts);
    if (record) report(record);
    scheduleStep(state.schedule, validation.mae ?? outcome.trainLoss, spec);
    state = { ...state, epoch, best: betterOf(state, epoch, validation.mae) };
    const lowered = state.schedule.learningRate;
    if (lowered < learningRate) {
      const message = `The learning rate fell from ${learningRate} to ${lowered} after epoch ${epoch}.`;
      report({ type: 'log', level: 'info', message });
    }
    if (collective.rank === 0) onEpoch?.(state);
    // What rank 0 does between epochs is no other rank's communication: they begin the next one together.
    await collective.barrier();
  }
  const test = await evaluate(bench, data.split.test, normalisation);
  return { outcome: test.stopped ? 'stopped' : 'finished', state, testMae: test.mae };
}

/** The best epoch so far, this one being done. */
function betterOf(state: TrainingState, epoch: number, mae: number | null): BestEpoch | null {
  const { best, parameters, buffers } = state;
  if (mae === null || !(mae < (best?.validationMae ?? Number.POSITIVE_INFINITY))) return best;
  return { epoch, validationMae: mae, parameters: parameters.slice(), buffers: buffers.slice() };
}

/** Before the first epoch. @throws InputError where the target cannot be normalised */
export function freshState(model: Model, data: TrainingData, spec: TrainingSpec): TrainingState {
  const { size } = model.layout;
  return {
    epoch: 0,
    parameters: initialiseParameters(model.layout, spec.seed),
    buffers: startBuffers(model, {
      degreeHistogram: degreeHistogram(data.set, data.graphs, data.split.train),
    }),
    adam: adamState(size),
    schedule: scheduleState(spec),
    normalisation: spec.normaliseTarget
      ? normalisationOf(data.set, data.target, data.split.train)
      : noNormalisation,
    best: null,
  };
}

/** A copy of a saved state, to go on from. @throws InputError where it is another model's */
export function resumed(state: TrainingState, model: Model): TrainingState {
  const fits = state.buffers.length === (model.buffers?.size ?? 0);
  if (state.parameters.length === model.layout.size && fits) return copyState(state);
  throw new InputError(
    `The saved state has ${state.parameters.length} parameters, the model ${model.layout.size}: ` +
      'it was saved by another model, or by the same with other options.',
  );
}

/** Tell where every rank computes, and on how much. Returns each rank's host, on rank 0. */
async function reportStart(
  input: TrainInput,
  report: (body: RunEventBody) => void,
): Promise<string[] | undefined> {
  const { model, data, spec, collective, place } = input;
  const texts = await gatherText(collective, JSON.stringify({ ...place, rank: collective.rank }));
  if (!texts) return undefined;
  const ranks = texts.map((text, rank) => decode(rankPlace, JSON.parse(text), `where rank ${rank} computes`));
  const trainSamples = data.split.train.length;
  report({
    type: 'started',
    devices: collective.size,
    ranks,
    collective: collective.kind,
    parameters: model.layout.size,
    trainSamples,
    validationSamples: data.split.validation.length,
    stepsPerEpoch: stepsPerEpoch({
      samples: trainSamples,
      ranks: collective.size,
      batch: spec.batchPerDevice,
    }),
    oversubscribed: input.oversubscribed,
    ...(input.resume && input.resume.epoch > 0 && { resumedAfter: input.resume.epoch }),
  });
  return ranks.map(({ host }) => host);
}
