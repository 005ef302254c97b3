/**
 * How good is a forecast? Asks `litmatter plan` for seconds per epoch at 1 to 4 ranks on this machine, then runs the
 * same spec and sets both side by side. Both are the commands a person uses, each in a process and a data folder of
 * its own, so that the forecast comes from a trial and not from earlier runs.
 *
 *   npm run bench:forecast -- [--models schnet,nnconv] [--devices 1,2,3,4] [--limit 600] [--epochs 6] [--batch 16]
 *
 * It measures what the machine does: on one that is busy with something else the two differ by what that was.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plan } from '@litmatter/protocol';
import { z } from 'zod';

const { values } = parseArgs({
  options: {
    models: { type: 'string', default: 'schnet,nnconv' },
    batch: { type: 'string', default: '16' },
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

interface Row {
  readonly model: string;
  readonly devices: number;
  readonly told: { readonly seconds: number; readonly low: number; readonly high: number };
  readonly measured: number;
  readonly shared: boolean;
}

/** Forecast of one model's times, then the times. */
function compare(model: string): { basis: string | null; rows: Row[] } {
  const at = join(folder, model);
  mkdirSync(at);
  const spec = join(at, 'spec.yaml');
  writeFileSync(
    spec,
    JSON.stringify({
      name: 'forecast',
      models: [{ name: model, preset: 'small' }],
      dataset: { name: 'bundled', limit: Number(values.limit) },
      training: { epochs: Number(values.epochs), batchPerDevice: Number(values.batch) },
      devices: values.devices.split(',').map(Number),
    }),
  );
  const forecast = plan.parse(JSON.parse(litmatter('plan', spec, '--json', '--data', join(at, 'plan'))));
  const lines = litmatter('run', spec, '--json', '--out', join(at, 'run')).trim().split('\n');
  const [fit] = resultLine.parse(JSON.parse(lines.at(-1) ?? 'null')).fits;
  const measured = new Map(fit?.deviceCounts.map((devices, index) => [devices, fit.seconds[index]]));
  return {
    basis: forecast.basis,
    rows: forecast.perModelAndCount.flatMap(({ devices, forecast: told, oversubscribed }) => {
      const seconds = measured.get(devices);
      if (told === null || seconds === undefined) return [];
      return { model, devices, told, measured: seconds, shared: oversubscribed };
    }),
  };
}

const row = (...cells: string[]) =>
  process.stdout.write(`${cells.map((cell) => cell.padStart(14)).join('')}\n`);

try {
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores\n`);
  const all: Row[] = [];
  for (const model of values.models.split(',')) {
    const { basis, rows } = compare(model);
    all.push(...rows);
    process.stdout.write(`\n${basis ?? 'No forecast.'}\n`);
    row('model', 'ranks', 'forecast, s', 'band, s', 'measured, s', 'error');
    for (const { devices, told, measured, shared } of rows) {
      const error = told.seconds / measured - 1;
      row(
        model,
        `${devices}${shared ? ' (shared)' : ''}`,
        told.seconds.toFixed(3),
        `${told.low.toFixed(3)}-${told.high.toFixed(3)}`,
        measured.toFixed(3),
        `${error >= 0 ? '+' : ''}${(100 * error).toFixed(0)} %`,
      );
    }
  }
  const mean =
    all.reduce((sum, { told, measured }) => sum + Math.abs(told.seconds / measured - 1), 0) / all.length;
  const within = all.filter(({ told, measured }) => measured >= told.low && measured <= told.high).length;
  process.stdout.write(
    `\nMean absolute error ${(100 * mean).toFixed(0)} % over ${all.length} times; ${within} of them within the band, which is to hold 90 %.\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
