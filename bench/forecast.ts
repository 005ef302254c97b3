/**
 * How good is a forecast? Asks `litmatter plan` for seconds per epoch at 1 to 4 ranks on this machine, then runs the
 * same spec and sets both side by side. Both are the commands a person uses, each in a process and a data folder of
 * its own, so that the forecast comes from a trial and not from earlier runs.
 *
 *   npm run bench:forecast -- [--devices 1,2,3,4] [--limit 600] [--epochs 6]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plan } from '@litmatter/protocol';
import { z } from 'zod';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '1,2,3,4' },
    limit: { type: 'string', default: '600' },
    epochs: { type: 'string', default: '6' },
  },
});
const program = fileURLToPath(new URL('../apps/agent/src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'litmatter-bench-'));

const litmatter = (...words: string[]): string =>
  execFileSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** What this reads of the last line of `litmatter run --json`. */
const resultLine = z.object({
  type: z.literal('result'),
  fits: z.array(z.object({ deviceCounts: z.array(z.number()), seconds: z.array(z.number()) })),
});

try {
  const spec = join(folder, 'spec.yaml');
  writeFileSync(
    spec,
    JSON.stringify({
      name: 'forecast',
      models: [{ name: 'schnet', preset: 'small' }],
      dataset: { name: 'bundled', limit: Number(values.limit) },
      training: { epochs: Number(values.epochs), batchPerDevice: 16 },
      devices: values.devices.split(',').map(Number),
    }),
  );
  const forecast = plan.parse(JSON.parse(litmatter('plan', spec, '--json', '--data', join(folder, 'plan'))));
  const lines = litmatter('run', spec, '--json', '--out', join(folder, 'run')).trim().split('\n');
  const [fit] = resultLine.parse(JSON.parse(lines.at(-1) ?? 'null')).fits;
  const measured = new Map(fit?.deviceCounts.map((devices, index) => [devices, fit.seconds[index]]));

  process.stdout.write(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores\n${forecast.basis ?? ''}\n\n`,
  );
  const row = (...cells: string[]) =>
    process.stdout.write(`${cells.map((cell) => cell.padStart(14)).join('')}\n`);
  row('ranks', 'forecast, s', 'band, s', 'measured, s', 'error');
  const errors: number[] = [];
  for (const { devices, forecast: told, oversubscribed } of forecast.perModelAndCount) {
    const seconds = measured.get(devices);
    if (told === null || seconds === undefined) continue;
    const error = told.seconds / seconds - 1;
    errors.push(Math.abs(error));
    row(
      `${devices}${oversubscribed ? ' (shared)' : ''}`,
      told.seconds.toFixed(3),
      `${told.low.toFixed(2)}-${told.high.toFixed(2)}`,
      seconds.toFixed(3),
      `${error >= 0 ? '+' : ''}${(100 * error).toFixed(0)} %`,
    );
  }
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  process.stdout.write(`\nMean absolute error ${(100 * mean).toFixed(0)} %, over ${errors.length} counts.\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
