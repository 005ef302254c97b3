import { fileURLToPath } from 'node:url';
import { LackingError } from '@litmatter/protocol';
import { type Installed, installTensorflow } from '../../src/tensorflow/install.ts';

/** Kept from one run of the tests to the next; `npm test` names it to the suites that compute on TensorFlow. */
export const cacheFolder = fileURLToPath(
  new URL('../../../../node_modules/.cache/litmatter/tensorflow', import.meta.url),
);

export type Outcome = { readonly installed: Installed } | { readonly lacking: string };

/** Install TensorFlow for the tests, once: the sentence says what this machine lacks for it. CI may lack nothing. */
export async function installForTests(): Promise<Outcome> {
  try {
    return { installed: await installTensorflow({ folder: cacheFolder }) };
  } catch (error) {
    if (process.env.CI === 'true' || !(error instanceof LackingError)) throw error;
    return { lacking: error.message };
  }
}
