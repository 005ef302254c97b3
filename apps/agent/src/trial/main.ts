import { text } from 'node:stream/consumers';
import { decode } from '@litmatter/protocol';
import { failure } from '../cli/failure.ts';
import { loadRegistry } from '../config.ts';
import { carryOutTrial } from './measure.ts';
import { trialRequest } from './trial.ts';

/** The program of a trial: the request on stdin, the result on stdout, what is wrong on stderr with its exit code. */
try {
  const request = decode(trialRequest, JSON.parse(await text(process.stdin)), 'the trial');
  // What a config file or a backend prints must not get between the braces of the result.
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  const result = await carryOutTrial(request, await loadRegistry(request.config));
  write(`${JSON.stringify(result)}\n`, () => process.exit(0));
} catch (error) {
  process.exit(failure(error));
}
