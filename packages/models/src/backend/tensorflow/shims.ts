import util from 'node:util';

/**
 * `@tensorflow/tfjs-node` 4.22 calls two functions of `node:util` that Node 23 removed, at the time of the call and
 * not only when it is loaded: they are put back for good. Where Node still has them, nothing changes.
 */
export function restoreUtil(): void {
  const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
    isNullOrUndefined: (value) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(removed)) {
    if (name in util) continue;
    Object.defineProperty(util, name, { value, configurable: true, writable: true });
  }
}
