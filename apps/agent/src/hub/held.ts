export interface HeldOptions {
  /** A look this young is given again rather than taken anew, milliseconds. */
  readonly fresh: number;
  /** One this old is still given, while a new look is on its way; an older one is waited past. */
  readonly usable: number;
  readonly now?: () => number;
}

/**
 * Something that takes long to look at, looked at by one for all who ask: never twice at a time, nor more often than
 * every `fresh` milliseconds, and nobody waits for a new look who can have a usable one. One that fails is not held.
 */
export function held<T>(look: () => Promise<T>, options: HeldOptions): () => Promise<T> {
  const { fresh, usable, now = () => performance.now() } = options;
  let last: { readonly at: number; readonly value: T } | undefined;
  let looking: Promise<T> | undefined;
  const start = () => {
    looking ??= look()
      .then((value) => {
        last = { at: now(), value };
        return value;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  return async () => {
    const age = last === undefined ? Number.POSITIVE_INFINITY : now() - last.at;
    if (age <= fresh) return last!.value;
    const coming = start();
    if (age > usable) return coming;
    // Who asks next hears of its failure, if it comes to that.
    coming.catch(() => {});
    return last!.value;
  };
}
