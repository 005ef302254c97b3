import { InputError } from '@litmatter/protocol';
import { decodeTimes, type Point, pointOfRun, pointsOfTimes, type ReadLine } from '@litmatter/scaling';
import { z } from 'zod';
import { type Columns, renamed } from './fit-columns.ts';

const count = z.coerce.number().int().nonnegative();

/** A row of `litmatter export --format csv`: an epoch of a run. Columns that are not here are let be. */
const epochRow = z.object({
  run: z.string().min(1),
  model: z.string(),
  preset: z.string(),
  /** Not in files of older versions. */
  series: z.string().min(1).optional(),
  devices: count.min(1),
  repeat: count,
  attempt: count,
  epoch: count,
  seconds: z.coerce.number().positive(),
  steps: count,
  samples: count,
  padded: count,
  batch_per_device: count.min(1),
  imbalance: z.coerce.number(),
  oversubscribed: z.string().transform((text) => text === 'true'),
});
type EpochRow = z.infer<typeof epochRow>;

/**
 * The points of a CSV: a row a time (`devices`, `seconds`[, `repeat`][, `series`], or columns of other names), or the
 * epochs of an export, of which each run becomes one point.
 *
 * @throws InputError naming line and column
 */
export function pointsOfRows(
  lines: readonly ReadLine[],
  file: string,
  known: { samples: number | undefined; batchPerDevice: number | undefined },
  columns: Columns = {},
): Point[] {
  const first = (lines[0]?.record ?? {}) as Record<string, unknown>;
  if ('run' in first && 'epoch' in first && 'attempt' in first) return pointsOfEpochs(lines, file);
  const bySeries = Map.groupBy(renamed(lines, file, columns), ({ record }) =>
    String((record as { series?: unknown }).series ?? 'points'),
  );
  if (bySeries.size === 0) return pointsOfTimes(decodeTimes(lines, file), known);
  return [...bySeries].flatMap(([series, rows]) =>
    pointsOfTimes(decodeTimes(rows, file), { ...known, series }),
  );
}

function pointsOfEpochs(lines: readonly ReadLine[], file: string): Point[] {
  const rows = lines.map(({ line, record }): EpochRow => {
    const result = epochRow.safeParse(record);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new InputError(`${file}, line ${line}: ${String(issue!.path[0])}: ${issue!.message}.`);
  });
  return [...Map.groupBy(rows, (row) => row.run).values()].flatMap((epochs) => {
    const { run, series, model, preset, devices, repeat, batch_per_device, oversubscribed } = epochs[0]!;
    const point = pointOfRun({
      id: run,
      series: series ?? `${model} ${preset}`,
      devices,
      repeat,
      protocol: 'fixed-per-device-batch',
      batchPerDevice: batch_per_device,
      oversubscribed,
      epochs,
    });
    return point ?? [];
  });
}
