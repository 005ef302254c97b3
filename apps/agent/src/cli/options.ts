import {
  backendChoice,
  decode,
  devices as deviceList,
  type ExperimentSpec,
  InputError,
  launcherName,
} from '@litmatter/protocol';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';

/** Option values, checked as they are read: commander turns these errors into a sentence and exit code 2. */

export function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('It must be a whole number from 0 (any free port) to 65535.');
  }
  return port;
}

export function positiveWhole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}

/** "1,2,4" */
export function deviceCounts(text: string): number[] {
  try {
    return decode(
      deviceList,
      text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))),
      'devices',
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InvalidArgumentError('It must be different whole numbers from 1 on, with commas: 1,2,4.');
  }
}

export interface Overrides {
  readonly devices?: number[];
  readonly launcher?: string;
  readonly backend?: string;
}

/** A spec with what the command line says instead. @throws InputError */
export function overridden(spec: ExperimentSpec, { devices, launcher, backend }: Overrides): ExperimentSpec {
  return {
    ...spec,
    ...(devices && { devices }),
    ...(launcher !== undefined && {
      launcher: { ...spec.launcher, name: choice(launcherName, launcher, '--launcher') },
    }),
    ...(backend !== undefined && { backend: choice(backendChoice, backend, '--backend') }),
  };
}

function choice<T extends string>(schema: z.ZodEnum<Record<T, T>>, text: string, flag: string): T {
  const result = schema.safeParse(text);
  if (result.success) return result.data as T;
  throw new InputError(`${flag} ${JSON.stringify(text)} is not known: choose ${schema.options.join(', ')}.`);
}
