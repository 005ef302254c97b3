import { z } from 'zod';
import { registryName } from './ids.ts';

/** What an import may bring at most, in bytes and in files: told before, held by both ends. */
export const maxImportBytes = 2_000_000_000;
export const maxImportFiles = 40;

/** Endings of the files an import takes, each of which may be followed by .gz; .txt is QM9's list of what to leave out. */
export const importEndings = [
  'sdf',
  'sd',
  'mol',
  'xyz',
  'extxyz',
  'csv',
  'smi',
  'jsonl',
  'index',
  'txt',
] as const;

const ending = new RegExp(`\\.(?:${importEndings.join('|')})(?:\\.gz)?$`, 'i');
const byteCount = z.number().int().nonnegative();

/** The name of a file that is imported. It becomes a file's name: nothing in it can leave a folder or hide there. */
export const importFileName = z
  .string()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}\p{M} ._()+-]{0,79}$/u,
    'must be 1 to 80 letters, digits, spaces, ".", "_", "(", ")", "+" or "-", beginning with a letter or digit: rename the file',
  )
  .refine((name) => !name.includes('..'), 'must not contain "..": rename the file')
  .refine((name) => ending.test(name), {
    message: `is of no kind that can be read: choose files that end in ${importEndings.map((one) => `.${one}`).join(', ')}, or one of them and .gz`,
  })
  // What file systems take.
  .refine((name) => new TextEncoder().encode(name).length <= 200, 'is too long: rename the file');

export const importFile = z.strictObject({
  name: importFileName,
  bytes: byteCount.min(1, 'is empty: choose another file'),
});

/** What is to come, before it comes. */
export const importRequest = z.strictObject({
  name: registryName,
  files: z
    .array(importFile)
    .min(1, 'choose at least one file')
    .max(maxImportFiles, `are more than the ${maxImportFiles} files an import may have`)
    .refine(
      (files) => new Set(files.map(({ name }) => name.toLowerCase())).size === files.length,
      'have the same name twice: rename one of them',
    )
    .refine(
      (files) => files.reduce((sum, { bytes }) => sum + bytes, 0) <= maxImportBytes,
      `are larger than the ${maxImportBytes / 1e9} GB an import may have: bring them to the hub's machine and use "litmatter dataset import"`,
    ),
});

/** A target as a person wants it: what the file calls its unit, or what they say it is. */
export const importTarget = z.strictObject({
  name: registryName,
  unit: z
    .string()
    .max(40, 'must be 40 characters at most')
    .regex(/^\P{C}*$/u, 'must be one line of plain text')
    .default(''),
});

export const importTargets = z
  .array(importTarget)
  .min(1, 'choose at least one target')
  .refine(
    (targets) => new Set(targets.map(({ name }) => name)).size === targets.length,
    'name a target twice',
  );

/** What stands in the files, once they have been read through. */
export const importFound = z.object({
  molecules: byteCount,
  atoms: byteCount,
  contents: z.object({ positions: z.boolean(), bonds: z.boolean() }),
  targets: z.array(z.object({ name: registryName, title: z.string(), unit: z.string() })),
  /** Whether targets and units are those of a known data set, which nobody else names. */
  known: z.boolean(),
  /** Sizes of the set's own split; null where it has none. */
  split: z.object({ train: byteCount, validation: byteCount, test: byteCount }).nullable(),
  /** What was passed over, in sentences. */
  notes: z.array(z.string()),
});

/** coming -> reading -> found (a person chooses) -> making -> a data set; or refused, with the reader's sentence. */
export const importPhase = z.enum(['coming', 'reading', 'found', 'making', 'refused']);

/** An import that is not a data set yet. */
export const datasetImport = z.object({
  name: registryName,
  files: z.array(z.object({ name: z.string(), bytes: byteCount })),
  phase: importPhase,
  /** What has come, or has been read, of the files' `total`. */
  bytes: byteCount,
  total: byteCount,
  found: importFound.nullable(),
  /** Why it was refused, or why no data set could be made of it this time. */
  error: z.string().nullable(),
});

export type ImportFile = z.infer<typeof importFile>;
export type ImportRequestBody = z.infer<typeof importRequest>;
export type ImportTarget = z.infer<typeof importTarget>;
export type ImportFound = z.infer<typeof importFound>;
export type ImportPhase = z.infer<typeof importPhase>;
export type DatasetImport = z.infer<typeof datasetImport>;
