import { readFileSync } from 'node:fs';
import { InputError } from '@litmatter/protocol';
import { analyseAll, fitJson, laws, type ReadLine } from '@litmatter/scaling';
import { Command } from 'commander';
import { type CsvError, parse } from 'csv-parse/sync';
import { ownLaws } from '../own-laws.ts';
import { pointsOfRows } from './fit-rows.ts';
import { positiveWhole } from './options.ts';
import { printAnalysis } from './report.ts';

interface FitFlags {
  devices?: string;
  seconds?: string;
  law?: string[];
  samples?: number;
  batch?: number;
  json?: boolean;
}

/** `litmatter fit`: the laws that a table of times follows. */
export function fitCommand(): Command {
  return new Command('fit')
    .description(
      'fit scaling laws to a CSV of times (devices, seconds[, repeat][, series], or columns alike), or to an exported experiment',
    )
    .argument('<points>', 'CSV file')
    .option('--devices <column>', 'the column of device counts, where its name does not tell')
    .option('--seconds <column>', 'the column of times, where its name does not tell')
    .option('--samples <N>', 'training samples per epoch: opens the laws that count steps', positiveWhole)
    .option('--batch <B>', 'samples per device and step', positiveWhole)
    .option('--law <file...>', 'laws of your own, beside the others: what "litmatter new law" begins')
    .option('--json', 'one JSON object a series on stdout')
    .action(async (path: string, flags: FitFlags) => {
      if ((flags.samples === undefined) !== (flags.batch === undefined)) {
        throw new InputError('--samples and --batch belong together: give both or neither.');
      }
      const known = { samples: flags.samples, batchPerDevice: flags.batch };
      const columns = { devices: flags.devices, seconds: flags.seconds };
      const analyses = analyseAll(pointsOfRows(readCsv(path), path, known, columns), [
        ...laws,
        ...(await ownLaws(flags.law ?? [])),
      ]);
      for (const analysis of analyses) {
        if (flags.json) process.stdout.write(`${JSON.stringify(fitJson(analysis))}\n`);
        else printAnalysis(analysis, analyses.length > 1);
      }
    });
}

/**
 * A CSV's rows by column name, each with the line it begins on. Columns may be parted by commas, semicolons or tabs; where
 * it is not commas, numbers may have a decimal comma. Lines that begin with # are comments. A file of two columns of
 * numbers without a header is devices and seconds.
 *
 * @throws InputError naming the line
 */
export function readCsv(path: string): ReadLine[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read (${code}).`,
    );
  }
  try {
    const first = text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .find((line) => line.trim() !== '' && !line.startsWith('#'));
    const delimiter = delimiterOf(first ?? '');
    const rows = parse(text, {
      columns: /^[\d\s.,;+eE-]+$/.test(first ?? '') ? ['devices', 'seconds'] : true,
      delimiter,
      bom: true,
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
      ...(delimiter !== ',' && { cast: (cell) => cell.replace(/^([+-]?\d+),(\d+)$/, '$1.$2') }),
    });
    return (rows as unknown as { info: { lines: number }; record: unknown }[]).map(({ info, record }) => ({
      line: info.lines,
      record,
    }));
  } catch (error) {
    const { message, lines } = error as CsvError & { lines?: number };
    throw new InputError(`${path}${lines === undefined ? '' : `, line ${lines}`}: ${message}.`);
  }
}

/** What parts the columns of a header: whichever of the usual ones it has most of. */
function delimiterOf(header: string): string {
  const times = (one: string) => header.split(one).length;
  return [',', ';', '\t'].reduce((most, one) => (times(one) > times(most) ? one : most));
}
