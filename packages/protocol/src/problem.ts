import type { z } from 'zod';
import { check } from './complaint.ts';
import type { Problem } from './view.ts';

/** Bad input, in a sentence. Carries the fields to mark where the input was a form or a file of keys. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly fields: Record<string, string> | undefined;
  constructor(message: string, fields?: Record<string, string>) {
    super(message);
    this.fields = fields;
  }
  toProblem(): Problem {
    return { message: this.message, ...(this.fields && { fields: this.fields }) };
  }
}

/** Something this machine lacks; the message names the command that mends it. Exit code 3. */
export class LackingError extends Error {
  override readonly name = 'LackingError';
}

/**
 * Decode a value at a border. Throws an InputError whose message names the first three things wrong and whose
 * `fields` name them all.
 *
 * @param what - how the value is called in the sentence: "experiment.yaml", "the experiment", "weights.safetensors"
 * @param where - what is said of each place: its path where not given; a reader of files says the line
 */
export function decode<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
  where: (path: readonly PropertyKey[]) => string = (path) => path.join('.'),
): z.infer<S> {
  const result = check(schema, value);
  if (!('complaints' in result)) return result.data;
  const { complaints } = result;
  const sentences = complaints.map(({ path, text }) => [where(path), text].filter(Boolean).join(': '));
  const more = sentences.length > 3 ? ` (and ${sentences.length - 3} more)` : '';
  throw new InputError(
    `${what}: ${sentences.slice(0, 3).join('; ')}${more}.`,
    Object.fromEntries(complaints.map(({ path, text }) => [path.join('.'), text])),
  );
}
