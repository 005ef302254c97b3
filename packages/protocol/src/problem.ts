import type { z } from 'zod';
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

function path(issue: z.core.$ZodIssue): string {
  return issue.path.map(String).join('.');
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `has the unknown key ${issue.keys.map((k) => `"${k}"`).join(', ')}`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  return issue.message;
}

/**
 * Decode a value at a border. Throws an InputError whose message names the first thing wrong and whose
 * `fields` name them all.
 *
 * @param what - how the value is called in the sentence: "experiment.yaml", "the experiment", "weights.safetensors"
 */
export function decode<S extends z.ZodType>(schema: S, value: unknown, what: string): z.infer<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const issue of result.error.issues) fields[path(issue)] ??= sentence(issue);
  const sentences = Object.entries(fields).map(([at, text]) => (at ? `${at}: ${text}` : text));
  const more = sentences.length > 3 ? ` (and ${sentences.length - 3} more)` : '';
  throw new InputError(`${what}: ${sentences.slice(0, 3).join('; ')}${more}.`, fields);
}
