import { text } from 'node:stream/consumers';
import { decode } from '@litmatter/protocol';
import { failure } from '../cli/failure.ts';
import { loadRegistry } from '../config.ts';
import { bridgeRequest } from './request.ts';

/** The program behind `Bridge`: the request on stdin, the result on stdout, what is wrong on stderr with its exit code. */
try {
  const { asked, dataFolder, config } = decode(
    bridgeRequest,
    JSON.parse(await text(process.stdin)),
    'the request',
  );
  // What a config file or a backend prints must not get into the result.
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  const registry = await loadRegistry(config);
  const result =
    asked.work === 'molecules'
      ? await (await import('./molecules.ts')).moleculesForPage(asked.dataset, registry, dataFolder)
      : JSON.stringify(await (await import('./parity.ts')).predictBatch(asked, registry));
  write(result, () => process.exit(0));
} catch (error) {
  process.exit(failure(error));
}
