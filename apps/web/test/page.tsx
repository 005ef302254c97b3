import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { vi } from 'vitest';
import { makeRouter } from '../src/app/router.tsx';
import { cssVariables, theme } from '../src/app/theme.ts';
import { queryClient } from '../src/state/queries.ts';
import * as socket from '../src/state/socket.ts';

type Reply = { readonly status?: number; readonly body: unknown };
/** "GET /api/catalogue" -> what the hub answers; the request's body is handed over. */
export type Hub = Record<string, (body: unknown) => Reply | Promise<Reply>>;

/** The whole dashboard at an address, before a hub that answers as told. Its socket never opens unless one is given. */
export function openPage(address: string, hub: Hub, opened?: socket.PageSocket) {
  queryClient.clear();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const asked: { route: string; body: unknown }[] = [];
  vi.spyOn(socket, 'openSocket').mockReturnValue(
    opened ? Promise.resolve(opened) : new Promise<socket.PageSocket>(() => {}),
  );
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const route = `${init.method ?? 'GET'} ${new URL(input, 'http://hub').pathname}`;
    const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined;
    asked.push({ route, body });
    const answer = hub[route];
    if (!answer)
      return new Response(JSON.stringify({ message: `The hub has no ${route}.` }), { status: 404 });
    const reply = await answer(body);
    return new Response(JSON.stringify(reply.body), { status: reply.status ?? 200 });
  });
  const router = makeRouter(createMemoryHistory({ initialEntries: [address] }));
  render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} env="test">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return { asked, router };
}
