import util from 'node:util';

/**
 * `@tensorflow/tfjs-node` 4.22 calls two functions of `node:util` that Node 23 removed or warns of, at each call of
 * its own and not only when it is loaded: they are put in place for good.
 */
export function restoreUtil(): void {
  const functions: Readonly<Record<string, (value: unknown) => boolean>> = {
    isNullOrUndefined: (value) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(functions)) {
    Object.defineProperty(util, name, { value, configurable: true, writable: true });
  }
}
