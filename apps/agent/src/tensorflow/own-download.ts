import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { bytesIn } from '../backends/bytes.ts';
import { lastWords } from '../backends/npm.ts';
import { runTool } from '../backends/tool.ts';
import { type Building, packageFolder } from './package.ts';

/** Without a byte more for so long, the download is given up: some networks swallow what they do not let through. */
const patienceSeconds = 60;

/**
 * The npm package's own way: its script downloads TensorFlow 2.9.1 and a binding built for it.
 *
 * @throws LackingError with the script's own words where it fails or stalls
 */
export async function downloadOwn(building: Building, stallSeconds = patienceSeconds): Promise<void> {
  const { cuda, env, report, signal } = building;
  const home = packageFolder(building);
  const message = "Downloading the npm package's own TensorFlow";
  report.say('download', message);
  let bytes = 0;
  let since = performance.now();
  const { code, output, stalled } = await runTool(
    process.execPath,
    ['scripts/install.js', cuda ? 'gpu' : 'cpu', 'download'],
    {
      cwd: home,
      env,
      ...(signal && { signal }),
      onTick: () => {
        const now = bytesIn(home);
        if (now !== bytes) since = performance.now();
        bytes = now;
        report.say('download', message, bytes);
      },
      stalled: () => performance.now() - since > stallSeconds * 1000,
    },
  );
  if (stalled) {
    throw new LackingError(`The npm package's own download brought nothing for ${stallSeconds} seconds.`);
  }
  if (code !== 0 || bytesIn(join(home, 'lib')) === 0) {
    throw new LackingError(`The npm package's own download failed: ${cause(output)}`);
  }
}

/** What went wrong in a script's stack trace. */
function cause(output: string): string {
  const error = output.split('\n').find((line) => /^\s*(\w*Error\b|node-pre-gyp ERR!)/.test(line));
  return lastWords(error ?? output, 2);
}
