import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decode, InputError } from '@litmatter/protocol';
import { exitCode, type RankJob, rankJob } from '../job.ts';
import { runAttempt } from './attempt.ts';
import { Stop } from './stop.ts';

/** The program a launcher starts: `node rank/main.ts --job FOLDER/job.json`. Exit codes: job.ts. */

/** A line for rank.log. */
function log(sentence: string): void {
  process.stderr.write(`${new Date().toISOString()} ${sentence}\n`);
}

/** @throws InputError naming the file and what is wrong with it */
function readJob(args: readonly string[]): RankJob {
  let file: string | undefined;
  try {
    file = parseArgs({ args: [...args], options: { job: { type: 'string' } } }).values.job;
  } catch (error) {
    throw new InputError((error as Error).message);
  }
  if (file === undefined) throw new InputError('Name the job file: --job FOLDER/job.json.');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(`The job file ${file} cannot be read: ${(error as Error).message}.`);
  }
  return decode(rankJob, value, file);
}

async function main(): Promise<number> {
  const stop = new Stop();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    let seen = 0;
    process.on(signal, () => {
      stop.request(`Stopped by ${signal}.`);
      if (++seen > 1) process.exit(exitCode.interrupted);
    });
  }
  try {
    return await runAttempt(readJob(process.argv.slice(2)), { stop, log });
  } catch (error) {
    log(error instanceof InputError ? error.message : ((error as Error).stack ?? String(error)));
    return error instanceof InputError ? exitCode.badInput : exitCode.failed;
  }
}

// A log that nobody reads any more is no reason to end a run.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
process.exit(await main());
