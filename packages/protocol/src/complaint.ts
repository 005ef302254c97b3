import type { z } from 'zod';

/** One thing wrong with a value: where in it, and what, as the end of a sentence ("is missing"). */
export interface Complaint {
  /** Keys and indices from the outermost in; an unknown key is its own place. */
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** A value as its schema has it, or what is wrong with it: one complaint a place, in order. */
export function check<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { readonly data: z.infer<S> } | { readonly data?: never; readonly complaints: readonly Complaint[] } {
  const result = schema.safeParse(value, { reportInput: true, error: inWords });
  if (result.success) return { data: result.data };
  const all = result.error.issues.flatMap((issue): Complaint[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], text: 'is not known here' }))
      : [{ path: issue.path, text: issue.message }],
  );
  const first = new Map(all.toReversed().map((one) => [one.path.join('.'), one]));
  return { complaints: [...first.values()].reverse() };
}

const kinds: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a group of named fields',
  record: 'a group of named fields',
  string: 'text',
};

/** What zod found, where the schema itself says nothing of it. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined || issue.input === '') return 'is missing';
      return `must be ${kinds[issue.expected] ?? issue.expected}, not ${shown(issue.input)}`;
    case 'invalid_value':
      return `must be ${eitherOf(issue.values.map(shown))}, not ${shown(issue.input)}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is missing' : ofUnion(issue.errors, issue.input);
    default:
      return undefined;
  }
}

function bound(origin: string, than: string, limit: number | bigint): string {
  if (origin === 'string') return `must have ${than} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set')
    return `must hold ${than} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${than} ${limit}`;
}

/** Of the ways in which a value may be written, what is wrong with the one that it comes nearest to. */
function ofUnion(errors: readonly (readonly z.core.$ZodIssue[])[], input: unknown): string | undefined {
  const wrongKind = (issue: z.core.$ZodIssue) => issue.path.length === 0 && issue.code === 'invalid_type';
  const nearest = errors.find((issues) => issues.length > 0 && !issues.some(wrongKind));
  if (nearest) return nearest[0]!.message;
  const wanted = errors.flatMap(([issue]) =>
    issue?.code === 'invalid_type' ? [kinds[issue.expected] ?? issue.expected] : [],
  );
  return wanted.length > 0 ? `must be ${eitherOf([...new Set(wanted)])}, not ${shown(input)}` : undefined;
}

const eitherOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** A value as a person wrote it, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
