import { InputError } from '@litmatter/protocol';
import { z } from 'zod';
import type { TimedRow } from './points.ts';

/** One line of a points file as a CSV reader gives it: column name -> text. */
export interface ReadLine {
  /** 1 is the file's first line, the header. */
  readonly line: number;
  readonly record: unknown;
}

/** Text that is a number as people write one; Number('') would be 0 and Number('0x10') 16. */
const numeral = z
  .string('is missing')
  .trim()
  .regex(/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'is not a number')
  .transform(Number)
  .refine(Number.isFinite, 'is out of range');

const timedLine = z.object({
  devices: numeral.refine((n) => Number.isInteger(n) && n >= 1, 'must be a whole number, 1 or more'),
  seconds: numeral.refine((t) => t > 0, 'must be more than 0'),
  repeat: z
    .union([z.literal('').transform(() => undefined), numeral])
    .optional()
    .refine((k) => k === undefined || (Number.isInteger(k) && k >= 0), 'must be a whole number, 0 or more'),
});

/**
 * Decode the rows of a points file: columns `devices`, `seconds` and, where there are repeats, `repeat`. Other columns
 * are let be.
 *
 * @param file - the file's name, for sentences
 * @throws InputError naming the line and the column
 */
export function decodeTimes(lines: readonly ReadLine[], file: string): TimedRow[] {
  if (lines.length === 0)
    throw new InputError(
      `${file} has no rows: give it a header "devices,seconds" and a line per measurement.`,
    );
  return lines.map(({ line, record }) => {
    const result = timedLine.safeParse(record);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const column = String(issue.path[0] ?? 'row');
    if (column !== 'row' && !(typeof record === 'object' && record !== null && column in record))
      throw new InputError(
        `${file} has no column "${column}" (line ${line}): its header must name devices and seconds.`,
      );
    const text = (record as Record<string, unknown>)?.[column];
    throw new InputError(`${file}, line ${line}: ${column} ${JSON.stringify(text)} ${messageOf(issue)}.`);
  });
}

/** A union reports its members' issues inside its own; the last member is the number. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  return issue.errors[issue.errors.length - 1]?.[0]?.message ?? issue.message;
}
