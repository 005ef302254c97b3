import { InputError } from '@litmatter/protocol';
import { Command } from 'commander';
import { hubClient } from '../client.ts';
import { readToken } from '../hub/token.ts';
import { readSpecFile, sayingLines } from './spec-file.ts';

/** `litmatter submit`: hand an experiment to a hub that runs already. */
export function submitCommand(): Command {
  return new Command('submit')
    .description('hand an experiment to a running hub')
    .argument('<spec>', 'spec file (YAML)')
    .requiredOption('--hub <url>', 'address of the hub, as "litmatter serve" printed it')
    .option('--token-file <file>', 'file that holds the token, where the address does not carry it')
    .option('--json', 'one JSON object on stdout')
    .action(async (path: string, flags: { hub: string; tokenFile?: string; json?: boolean }) => {
      const file = readSpecFile(path);
      const { url, token } = hubOf(flags);
      const call = hubClient(url, token);
      const experiment = await sayingLines(file, () => call('createExperiment', { body: file.spec }));
      const page = new URL(`experiments/${experiment.id}`, url).href;
      if (flags.json) process.stdout.write(`${JSON.stringify({ ...experiment, page })}\n`);
      else process.stdout.write(`${experiment.id}: ${experiment.runs} runs queued. Watch them at ${page}\n`);
    });
}

/** Address and token of a hub from what the command line gives. @throws InputError */
export function hubOf(flags: { hub: string; tokenFile?: string }): { url: string; token: string } {
  if (!URL.canParse(flags.hub) || !/^https?:/.test(flags.hub)) {
    throw new InputError(`--hub ${JSON.stringify(flags.hub)} is not an address like http://127.0.0.1:8787/.`);
  }
  const url = new URL(flags.hub);
  const carried = url.searchParams.get('token');
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  if (flags.tokenFile !== undefined) return { url: url.href, token: readToken(flags.tokenFile) };
  if (carried !== null) return { url: url.href, token: carried };
  throw new InputError(
    'The hub needs its token: give the whole address that "litmatter serve" printed, or --token-file with the file `token` of its data folder.',
  );
}
