import { Unreachable } from '../state/api.ts';
import { hubPath } from '../state/base.ts';

/** Code that could not be loaded because the hub is away. */
export class CodeAway extends Unreachable {}

/**
 * Code that is loaded when it is needed comes from the hub, as all else does. Where it cannot be had because the hub is
 * away, that is said, and what is open stays. Where the hub is there and has other files, it was updated while the page
 * was open: the page is loaded anew, with the address it has.
 *
 * @throws CodeAway
 */
export function fromHub<M>(load: () => Promise<M>): () => Promise<M> {
  return () =>
    load().catch(async (error: unknown) => {
      if (!(await answers())) {
        throw new CodeAway(
          'The hub does not answer, and what this page is made of comes from it. It will be here once the hub is back.',
        );
      }
      if (!mayReload()) throw error;
      location.reload();
      return new Promise<never>(() => {});
    });
}

async function answers(): Promise<boolean> {
  try {
    await fetch(hubPath('/health'), { cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

/** Once in ten seconds at most, so that a file that is truly missing shows its error. */
function mayReload(): boolean {
  const last = Number(sessionStorage.getItem('litmatter-renewed') ?? 0);
  if (Date.now() - last < 10_000) return false;
  sessionStorage.setItem('litmatter-renewed', String(Date.now()));
  return true;
}
