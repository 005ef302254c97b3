import { z } from 'zod';

/**
 * Values as Slurm's JSON spells them, whichever version wrote it. Nothing here refuses: what is missing or of another
 * kind is undefined, since one odd field must not hide a thousand nodes.
 */

/** Slurm's NO_VAL and INFINITE of 16, 32 and 64 bits: "not set", written as a number before Slurm 23. */
const unset = new Set([0xfffe, 0xffff, 0xfffffffe, 0xffffffff, 2 ** 64 - 2, 2 ** 64 - 1]);

/** 4; {"set": true, "infinite": false, "number": 4} from Slurm 23 on. Never negative. */
export const number = z
  .union([
    z.number(),
    z
      .object({ set: z.boolean(), infinite: z.boolean().optional(), number: z.number() })
      .transform((told) => (told.set && !told.infinite ? told.number : undefined)),
  ])
  .optional()
  .catch(undefined)
  .transform((value) =>
    value === undefined || !Number.isFinite(value) || value < 0 || unset.has(value) ? undefined : value,
  );

/** A text that says something; "N/A", "(null)" and the like do not. */
export const text = z
  .string()
  .optional()
  .catch(undefined)
  .transform((value) => {
    const trimmed = value?.trim();
    return trimmed && !/^(?:n\/a|\(null\)|none|unknown)$/i.test(trimmed) ? trimmed : undefined;
  });

/** "IDLE+DRAIN", ["IDLE", "DRAIN"]: capitals, one word each. */
export const words = z
  .union([z.string(), z.array(z.unknown())])
  .optional()
  .catch(undefined)
  .transform((value) =>
    [value ?? []]
      .flat()
      .filter((word) => typeof word === 'string')
      .flatMap((word) => word.split('+'))
      // A star marks a node that does not answer, and so on: sinfo's suffixes.
      .map((word) => word.replace(/[*~#!%$@^-]+$/, '').toUpperCase())
      .filter((word) => word !== ''),
  );

/** Names: a list, or one text with commas. */
export const names = z
  .union([z.string(), z.array(z.unknown())])
  .optional()
  .catch(undefined)
  .transform((value) =>
    (typeof value === 'string' ? value.split(',') : (value ?? [])).filter(
      (name): name is string => typeof name === 'string' && name !== '',
    ),
  );

/** A part of an answer that may be missing: its fields are then too. */
export function part<S extends z.ZodType>(schema: S) {
  return schema.optional().catch(undefined);
}

/** Seconds since 1970 as milliseconds; Slurm's 0 is "never". */
export function toMilliseconds(seconds: number | undefined): number | null {
  return seconds ? 1_000 * seconds : null;
}

/** Generic resources of one kind, "gpu:v100:2(S:0-1),gpu:a100:4", by type; an empty type where none is named. */
export function gpusIn(gres: string | undefined): Map<string, number> {
  const found = new Map<string, number>();
  // The parentheses may hold commas: "gpu:v100:3(IDX:0-1,3)".
  for (const entry of (gres ?? '').replaceAll(/\([^)]*\)/g, '').split(',')) {
    const [kind, ...rest] = entry
      .trim()
      .replace(/^gres[:/]/, '')
      .split(/[:=]/);
    if (kind !== 'gpu') continue;
    const last = rest.at(-1) ?? '1';
    const counted = /^\d+$/.test(last);
    const type = (counted ? rest.slice(0, -1) : rest).join(':');
    found.set(type, (found.get(type) ?? 0) + (counted ? Number(last) : 1));
  }
  return found;
}

/**
 * GPUs of a trackable-resources text, "cpu=4,mem=16G,gres/gpu=4,gres/gpu:v100=4": the line without a type counts all;
 * without that line, the types together. Undefined where it names none.
 */
export function gpusOfTres(tres: string | undefined): number | undefined {
  let all: number | undefined;
  let typed: number | undefined;
  for (const entry of (tres ?? '').split(',')) {
    const told = /^gres\/gpu(:[^=]+)?=(\d+)$/.exec(entry.trim());
    if (told === null) continue;
    if (told[1] === undefined) all = Number(told[2]);
    else typed = (typed ?? 0) + Number(told[2]);
  }
  return all ?? typed;
}
