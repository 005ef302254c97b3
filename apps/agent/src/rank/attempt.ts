import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError, LackingError, type RunEventBody } from '@litmatter/protocol';
import { deserialiseState, LostPeerError } from '@litmatter/training';
import { readyBackends } from '../backends/ready.ts';
import { loadRegistry, type Registry } from '../config.ts';
import { exitCode, type RankJob } from '../job.ts';
import { bootId } from '../launchers/job-files.ts';
import { type Ending, failedEnding, stoppedEnding } from './ending.ts';
import { Link } from './link.ts';
import { runMpiRank } from './mpi/ranks.ts';
import { isOfHydra, isOfPrrte, type World } from './mpi/world.ts';
import { prepareData } from './prepare.ts';
import { writeResult } from './result.ts';
import { Spool, spoolFile } from './spool.ts';
import type { Stop } from './stop.ts';
import { runThreads } from './threads.ts';

/** How long the end of a run waits for a hub that is away; the spool keeps what did not get through. */
const deliverySeconds = 20;

/** Longer than rank 0 takes to learn of a loss, to tell of it and to deliver it. */
const afterRankZeroSeconds = 60;
/** Rank 0 may be the one that is lost, and this mpirun is asked to end the others: so no longer than it takes to tell. */
const prrteSeconds = 3;

export interface AttemptOptions {
  readonly stop: Stop;
  /** A line of the rank's own log. */
  readonly log: (sentence: string) => void;
  /** This process's place among ranks that are processes: rank 0 of them. Absent where ranks are threads of this one. */
  readonly world?: World | undefined;
  /** What each rank that is a thread runs; another module in tests. */
  readonly module?: URL;
  readonly deliverySeconds?: number;
}

/**
 * Carry out one attempt: spool and link here, a thread a rank. Whatever happens, the spool ends with an `ended` event
 * that says so, unless the process is killed or the spool itself cannot be written.
 *
 * @returns the exit code
 * @throws InputError where the attempt's folder holds another launch's spool already
 */
export async function runAttempt(job: RankJob, options: AttemptOptions): Promise<number> {
  const { stop, log } = options;
  const spool = new Spool(join(job.folder, spoolFile), { run: job.run, attempt: job.attempt });
  if (spool.length > 0) {
    const held = `${job.folder} holds ${spool.length} events already: an attempt is launched once.`;
    // Slurm starts a job anew that it or a person has put back into the queue.
    if (process.env.SLURM_RESTART_COUNT !== undefined) {
      log(`${held} Slurm has requeued its job: a new attempt goes on from the checkpoint.`);
      return exitCode.lostPeer;
    }
    throw new InputError(`${held} Launch a new attempt.`);
  }
  const hub = job.hub && isReachable(job.hub) ? job.hub : undefined;
  if (job.hub && !hub)
    log('The hub listens on its own machine alone: it collects the events from the spool.');
  const link = hub
    ? new Link({
        url: hub.url,
        tokenFile: hub.tokenFile,
        run: job.run,
        attempt: job.attempt,
        spool,
        onCancel: () => stop.request('Cancelled.'),
        log,
      })
    : undefined;
  const report = (body: RunEventBody) => {
    spool.append(body);
    link?.wake();
    log(inWords(body));
  };
  try {
    const { code, ...end } = await carryOut(job, options, report).catch((error): Ending => {
      // The loss of a peer is told where it is noticed; where in this program that was says nothing.
      if (!(error instanceof LostPeerError))
        log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return failedEnding(error);
    });
    report({ type: 'ended', ...end, ...(end.reason && { reason: end.reason.slice(0, 10_000) }) });
    if (link && !(await link.drain(options.deliverySeconds ?? deliverySeconds))) {
      log('The hub is away: it will find the rest of the events in the spool.');
    }
    return code;
  } finally {
    link?.close();
    spool.close();
  }
}

async function carryOut(
  job: RankJob,
  { stop, log, module, world }: AttemptOptions,
  report: (body: RunEventBody) => void,
): Promise<Ending> {
  const { spec } = job;
  if (spec.launcher.name !== 'local') {
    if (!world) throw new LackingError(noWorld(spec.launcher.name));
    const { outcome, testMae } = await runMpiRank({ job, world, stop, onReport: report, log });
    if (outcome === 'stopped') return stoppedEnding(stop);
    return { state: 'succeeded', testMae, code: exitCode.done };
  }
  const registry: Registry = await loadRegistry(job.config);
  const data = await prepareData(spec, registry, job.dataFolder);
  if (stop.by !== null) return stoppedEnding(stop);
  readyBackends(spec.devices);
  const done = await runThreads({
    job,
    data,
    stop: stop.shared,
    oversubscribed: spec.devices > availableParallelism(),
    onReport: report,
    ...(module && { module }),
  });
  if (done.state) writeResult(job, registry, data, deserialiseState(done.state, 'the state'));
  if (done.outcome === 'stopped') return stoppedEnding(stop);
  return { state: 'succeeded', testMae: done.testMae, code: exitCode.done };
}

/** Whether the hub's address is the hub's from here: a loopback address is that of whatever machine one is on. */
function isReachable({ url, machine }: NonNullable<RankJob['hub']>): boolean {
  const loopback = /^(?:localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
  return !loopback || machine === undefined || machine === bootId();
}

/**
 * Carry out another rank's part than the first's: it trains, and rank 0 tells of it.
 *
 * @returns the exit code; 0 also where the ranks were asked to stop, which is rank 0's to say
 */
export async function runFollower(
  job: RankJob,
  world: World,
  { stop, log }: Pick<AttemptOptions, 'stop' | 'log'>,
): Promise<number> {
  try {
    await runMpiRank({ job, world, stop, log, onReport: () => {} });
    return exitCode.done;
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    // MPICH's mpirun would kill rank 0 as soon as this process fails, and Open MPI 5's soon after: it is to say first
    // why, and to end first.
    if (isOfHydra(process.env)) await sleep(1e3 * afterRankZeroSeconds);
    if (isOfPrrte(process.env)) await sleep(1e3 * prrteSeconds);
    return failedEnding(error).code;
  }
}

const noWorld = (launcher: string) =>
  `This process was started by neither mpirun nor srun, but its job is for "${launcher}": ` +
  'start it by that launcher, or choose the launcher "local".';

/** An event as a line of rank.log. */
function inWords(body: RunEventBody): string {
  if (body.type === 'log') return `${body.level}: ${body.message}`;
  if (body.type === 'ended') return [body.state, body.reason].filter(Boolean).join(': ');
  if (body.type === 'started') {
    const { devices, collective, ranks, trainSamples, stepsPerEpoch, parameters } = body;
    return (
      `started: ${devices} rank(s), ${collective}, ${ranks[0].backend} on ${ranks[0].device}, ` +
      `${parameters} parameters, ${trainSamples} samples in ${stepsPerEpoch} steps an epoch`
    );
  }
  const error = body.validationMae === null ? '' : `, validation MAE ${body.validationMae.toPrecision(5)}`;
  return `epoch ${body.epoch}: ${body.seconds.toFixed(3)} s, loss ${body.trainLoss?.toPrecision(5)}${error}`;
}
