import { z } from 'zod';

/** Names that become file names, URL parts and job names: nothing in them can leave a folder or reach a shell. */
export const idPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export const id = z
  .string()
  .regex(
    idPattern,
    'must be 1 to 64 characters of a-z, 0-9, ".", "_" or "-", starting with a letter or digit',
  )
  .refine((value) => !value.includes('..'), 'must not contain ".."');

/** A model, data set, preset or target as a registry knows it. */
export const registryName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be 1 to 64 characters of letters, digits, ".", "_" or "-"',
  );

export type Id = z.infer<typeof id>;
