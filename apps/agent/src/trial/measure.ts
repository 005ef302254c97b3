import { availableParallelism } from 'node:os';
import { resolveModel } from '@litmatter/models';
import { epochShare, type TrainingData } from '@litmatter/training';
import { readyBackends } from '../backends/ready.ts';
import type { Registry } from '../config.ts';
import { prepareData } from '../rank/prepare.ts';
import { measureExchange } from './exchange.ts';
import { type Round, runRounds } from './rounds.ts';
import { maxSizes, type TrialRequest, type TrialResult } from './trial.ts';

/** Steps of an epoch of a round: each rank takes so many batches. */
const stepsPerEpoch = 4;

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

  const cores = availableParallelism();
  const rounds = roundsOf(spec.training.batchPerDevice, places.length, request.ranks, cores);
  readyBackends(Math.max(...rounds.map((round) => round.ranks)));
  const { backend, device, epochs } = await runRounds(rounds, { spec, config: request.config, data });
  const timed = rounds.map((round, index) => ({ ...round, epochs: epochs[index]! }));
  const alone = timed.filter(({ ranks }) => ranks === 1);
  const { model } = resolveModel(spec.model, registry.models);
  const dealing = dealingSeconds(places.length);
  return {
    ...found,
    training: {
      backend,
      device,
      cores,
      steps: alone.flatMap(({ samples, epochs: own }) => {
        const size = sizesOf(data, samples).reduce((sum, one) => sum + one, 0);
        return own.map(({ workSeconds, steps }) => ({ seconds: workSeconds / steps, size: size / steps }));
      }),
      epochOverheadSeconds: alone.flatMap(({ epochs: own }) => own.map((one) => one.loopSeconds + dealing)),
      together: timed.flatMap(({ ranks, batch, samples, epochs: own }) =>
        ranks > 1
          ? { ranks, batch, sizes: sizesOf(data, samples), seconds: own.map((one) => one.seconds) }
          : [],
      ),
      exchange: await measureExchange(model.layout.size),
    },
  };
}

/**
 * What is tried: so many ranks at once as were asked for, the most first, so that all threads are warm, and one rank
 * with batches of two sizes last. On more cores than two ranks have, two as well.
 */
function roundsOf(batch: number, molecules: number, wanted: number, cores: number): Round[] {
  const most = Math.min(wanted, 2 * cores, mostRanks);
  const counts = new Set([most, Math.min(most, cores), Math.min(most, 2)].filter((ranks) => ranks > 1));
  const round = (ranks: number, each: number): Round => ({
    ranks,
    batch: each,
    samples: Math.min(molecules, ranks * each * stepsPerEpoch),
  });
  const small = Math.max(1, Math.floor(batch / 4));
  return [
    ...[...counts].sort((a, b) => b - a).map((ranks) => round(ranks, batch)),
    round(1, batch),
    ...(small < batch ? [round(1, small)] : []),
  ];
}

/** A trial starts no more threads than this, however many cores there are: each holds a model. */
const mostRanks = 64;

function sizesOf(data: TrainingData, samples: number): number[] {
  return Array.from({ length: samples }, (_, k) => sizeOf(data, data.split.train[k]!));
}

/** Seconds to shuffle and deal out so many samples: what an epoch begins with, in proportion to the data set. */
function dealingSeconds(samples: number): number {
  const start = performance.now();
  for (let epoch = 1; epoch <= 3; epoch++)
    epochShare({ samples, ranks: 1, batch: 1, rank: 0, seed: 1 }, epoch);
  return (performance.now() - start) / 3e3;
}

/** Edges and atoms of a molecule, as the model sees it. */
function sizeOf({ set, graphs }: TrainingData, molecule: number): number {
  const [first, last] = [set.atomOffsets[molecule]!, set.atomOffsets[molecule + 1]!];
  return graphs.rowOffsets[last]! - graphs.rowOffsets[first]! + (last - first);
}
