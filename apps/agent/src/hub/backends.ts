import type { BackendCard } from '@litmatter/protocol';
import { probedCards } from '../backends/cards.ts';

/** What was installed is tried in a process of its own to know its device: not for every page that asks. */
const keepMilliseconds = 60_000;

let kept: { readonly cards: Promise<BackendCard[]>; readonly until: number } | undefined;

/** What can compute on this machine, best first, as of at most a minute ago. */
export function knownBackends(now = Date.now()): Promise<BackendCard[]> {
  if (kept === undefined || kept.until < now) {
    const cards = probedCards();
    kept = { cards, until: now + keepMilliseconds };
    cards.catch(() => {
      kept = undefined;
    });
  }
  return kept.cards;
}
