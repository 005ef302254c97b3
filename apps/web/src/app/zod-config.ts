import { config, type z } from 'zod';

/**
 * Imported before any schema. The hub's content policy forbids code made from strings, which zod would otherwise try
 * for speed; and what a field lacks is said in the words a form uses.
 */
config({ jitless: true, localeError: (issue) => sentence(issue) });

function sentence(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined || issue.input === '') return 'is missing';
      return issue.expected === 'int'
        ? 'must be a whole number'
        : `must be ${article(String(issue.expected))}`;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return `needs at least ${issue.minimum}`;
      return issue.inclusive ? `must be at least ${issue.minimum}` : `must be more than ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string' || issue.origin === 'array') return `may have at most ${issue.maximum}`;
      return issue.inclusive ? `must be at most ${issue.maximum}` : `must be less than ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return 'is not valid';
  }
}

function article(kind: string): string {
  return /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
