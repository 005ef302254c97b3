import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The folder of this project: what lies in it finds its packages by itself. */
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A specifier of LitMatter, zod or TensorFlow.js's core: there must be one of each, or schemas and tensors are strangers. */
const shared = /^(@litmatter\/\w+|zod|@tensorflow\/tfjs-core)($|\/)/;

let registered = false;

/**
 * Let a person's own files, wherever they lie, import LitMatter's packages, zod and TensorFlow.js: they get the very
 * ones this program runs. Once a thread; later calls do nothing.
 */
export function shareOwnPackages(): void {
  if (registered) return;
  registered = true;
  const models = import.meta.resolve('@litmatter/models');
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context;
      if (!shared.test(specifier) || !parentURL?.startsWith('file:')) return next(specifier, context);
      const path = fileURLToPath(parentURL);
      // Of a copy of this project, or of a package, the imports are its own.
      if (path.startsWith(root) || path.includes('/node_modules/')) return next(specifier, context);
      const from = specifier.startsWith('@tensorflow/') ? models : import.meta.url;
      return next(specifier, { ...context, parentURL: from });
    },
  });
}
