import { availableParallelism, hostname } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { resolveModel } from '@litmatter/models';
import { closeBackend, startBackend } from '@litmatter/models/node';
import type { EpochEvent, RunEventBody } from '@litmatter/protocol';
import { SingleCollective, ThreadsCollective, train } from '@litmatter/training';
import { loadRegistry } from '../config.ts';
import type { RoundEpoch, RoundsDone, RoundsInput } from './rounds.ts';

/** One rank of a trial's rounds. */

const { rank, rounds, memories, gate, spec, config, data } = workerData as RoundsInput;

/** A round lasts so long, or until it has this many epochs; and longer only for its first epoch. */
const roundSeconds = 1.2;
const mostEpochs = 40;
/** Epochs that a round has even where they take longer; then the limit. */
const fewestEpochs = 3;
const longestSeconds = 8;
/** Of the first round: what is compiled stays so. A run warms up for as long. */
const warmUpSeconds = 1;

const localRanks = Math.max(...rounds.map((round) => round.ranks));
const backend = await startBackend(spec.backend, { localRank: rank, localRanks });
const { models } = await loadRegistry(config);
const { model } = resolveModel(spec.model, models);
const none = new Uint32Array(0);
const meeting = new ThreadsCollective(gate, rank);

const epochs: RoundEpoch[][] = [];
for (const [index, { ranks, batch, samples }] of rounds.entries()) {
  const made: RoundEpoch[] = [];
  epochs.push(made);
  await meeting.barrier();
  if (rank >= ranks) continue;
  const memory = memories[index];
  let begun: number | undefined;
  await train({
    model,
    data: {
      ...data,
      split: {
        ...data.split,
        train: Array.from({ length: samples }, (_, k) => data.split.train[k]!),
        validation: none,
        test: none,
      },
    },
    spec: { ...spec.training, batchPerDevice: batch, epochs: mostEpochs },
    collective: memory ? new ThreadsCollective(memory, rank) : new SingleCollective(),
    place: { host: hostname(), device: 'trial', backend: backend.name },
    oversubscribed: false,
    // Ranks that share cores need longer to be as warm.
    warmUpSeconds:
      index === 0 ? warmUpSeconds * Math.max(1, ranks / availableParallelism()) : warmUpSeconds / 4,
    report: (body: RunEventBody) => {
      if (body.type === 'epoch') made.push(timed(body as EpochEvent));
    },
    // Asked for at each step from the warm-up on, where it is never so.
    shouldStop: () => {
      if (made.length === 0) return false;
      begun ??= performance.now() - 1e3 * made[0]!.seconds;
      const spent = (performance.now() - begun) / 1e3;
      return spent > (made.length < fewestEpochs ? longestSeconds : roundSeconds);
    },
  });
}
// None is ended before all have let go of what they compute on.
await closeBackend();
await meeting.barrier();
if (rank === 0)
  parentPort?.postMessage({ backend: backend.name, device: backend.device, epochs } satisfies RoundsDone);

function timed({ seconds, steps, ranks }: EpochEvent): RoundEpoch {
  const { data: reading, compute, communication, optimiser, seconds: own } = ranks[0]!;
  const workSeconds = reading + compute + optimiser;
  return { seconds, steps, workSeconds, loopSeconds: Math.max(0, own - workSeconds - communication) };
}
