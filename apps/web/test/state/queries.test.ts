import { QueryObserver } from '@tanstack/react-query';
import { afterEach, expect, test, vi } from 'vitest';
import { queryClient } from '../../src/state/queries.ts';
import { link } from '../../src/state/socket.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  queryClient.clear();
});

/** Somebody looks at what `ask` gives. */
function look(name: string, ask: () => Promise<unknown>) {
  const observer = new QueryObserver(queryClient, {
    queryKey: [name],
    queryFn: ask,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  stops.push(observer.subscribe(() => {}));
  return observer;
}

test('what failed or grew old while the hub was away is asked again by itself, and a data set’s molecules are not', async () => {
  link.set({ status: 'open', heardAt: null });
  let down = true;
  const plan = look('plan', async () => {
    if (down) throw new Error('The hub does not answer.');
    return 'a plan';
  });
  const asked = vi.fn(async () => 'data sets');
  const cards = look('catalogue', asked);
  const molecules = vi.fn(async () => 'molecules');
  look('molecules', molecules);
  await vi.waitFor(() => expect(plan.getCurrentResult().isError).toBe(true));
  await vi.waitFor(() => expect(cards.getCurrentResult().data).toBe('data sets'));
  await new Promise((resolve) => setTimeout(resolve, 5));

  link.set({ status: 'lost', heardAt: Date.now() });
  down = false;
  link.set({ status: 'open', heardAt: Date.now() });
  await vi.waitFor(() => expect(plan.getCurrentResult().data).toBe('a plan'));
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  expect(molecules).toHaveBeenCalledTimes(1);
});

test('a browser that knows of no network asks all the same: the hub may be this machine', async () => {
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  window.dispatchEvent(new Event('offline'));
  const here = look('here', async () => 'answered');
  await vi.waitFor(() => expect(here.getCurrentResult().data).toBe('answered'));
  window.dispatchEvent(new Event('online'));
});
