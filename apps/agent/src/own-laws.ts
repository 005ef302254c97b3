import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '@litmatter/protocol';
import { type Law, laws } from '@litmatter/scaling';
import { z } from 'zod';
import { shareOwnPackages } from './own-packages.ts';

/** Only what tells a law from something else: `termLaw` and the type have checked the rest. */
const law = z.looseObject({
  name: z.string(),
  formula: z.string(),
  parameters: z.array(z.looseObject({ symbol: z.string() })),
  fit: z.custom<() => unknown>((value) => typeof value === 'function'),
});

/**
 * The laws that files export, under any name.
 *
 * @throws InputError where a file cannot be imported or exports no law, or a law's name stands twice
 */
export async function ownLaws(files: readonly string[]): Promise<Law[]> {
  shareOwnPackages();
  const found: Law[] = [];
  for (const file of files) {
    const path = resolve(file);
    if (!existsSync(path)) throw new InputError(`There is no file ${file}.`);
    let exported: object;
    try {
      exported = (await import(pathToFileURL(path).href)) as object;
    } catch (error) {
      throw new InputError(`${file} cannot be imported: ${(error as Error).message}`);
    }
    const own = Object.values(exported).filter((value): value is Law => law.safeParse(value).success);
    if (own.length === 0) {
      throw new InputError(`${file} exports no law: "litmatter new law NAME" writes one to begin with.`);
    }
    for (const one of own) {
      if ([...laws, ...found].some(({ name }) => name === one.name)) {
        throw new InputError(`${file}: there are two laws named "${one.name}": rename yours.`);
      }
      found.push(one);
    }
  }
  return found;
}
