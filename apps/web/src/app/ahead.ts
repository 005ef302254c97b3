import { link } from '../state/socket.ts';
import { barPages } from './bar.ts';
import type { makeRouter } from './router.tsx';

/** How long after a page has come to its hub the code of the others is fetched, in milliseconds. */
const wait = 5_000;

/**
 * Fetch the code of the bar's pages while nothing else is to be done, so that they open at once, and open too while the
 * hub is away. Nothing of it is fetched before the page that was asked for is there, nor where data is to be saved.
 */
export function fetchAhead(router: ReturnType<typeof makeRouter>): void {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  if (connection?.saveData) return;
  const stop = link.subscribe(() => {
    if (link.get().status !== 'open') return;
    stop();
    setTimeout(() => void fetchAll(router), wait);
  });
}

async function fetchAll(router: ReturnType<typeof makeRouter>): Promise<void> {
  for (const { to } of barPages) {
    await idle();
    await router.preloadRoute({ to }).catch(() => undefined);
  }
}

/** Until the browser has time; Safari does not say when. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: 2_000 });
    else setTimeout(resolve, 200);
  });
}
