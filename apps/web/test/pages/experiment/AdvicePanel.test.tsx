import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { PageSocket } from '../../../src/state/socket.ts';
import { openPage } from '../../page.tsx';
import { catalogue, snapshot, summary } from '../../samples.ts';

const socket = {
  connected: true,
  on: () => {},
  off: () => {},
  emit: () => {},
  timeout: () => ({ emitWithAck: async () => ({ snapshot: snapshot() }) }),
} as unknown as PageSocket;

function open(address: string) {
  return openPage(
    address,
    {
      'GET /api/catalogue': () => ({ body: catalogue }),
      'GET /api/experiments': () => ({ body: { experiments: [summary()] } }),
    },
    socket,
  );
}

test('a deadline in the address is answered with a count, its time and its price', async () => {
  open('/experiments/schnet-1?deadline=0.01&floor=10');
  const advice = await screen.findByRole('region', { name: 'Advice' });
  const answer = (await within(advice).findByText('To be done in time')).closest('section')!;
  expect(answer.textContent).toMatch(/\d+ devices?/);
  expect(answer.textContent).toMatch(/4 epochs in [\d.]+ s, .*device-(hours|seconds)/);
});

test('what is typed goes to the address, and a mistake is marked at its field', async () => {
  const { router } = open('/experiments/schnet-1');
  const advice = await screen.findByRole('region', { name: 'Advice' });
  await userEvent.type(within(advice).getByRole('textbox', { name: 'Budget' }), '0');
  expect(router.state.location.searchStr).toBe('?budget=0');
  expect((await within(advice).findByRole('alert')).textContent).toMatch(/^Budget must be more than 0/);
});

test('the next count to measure opens the design with it added', async () => {
  open('/experiments/schnet-1?floor=60');
  const links = await screen.findAllByRole('link', { name: /^Design with \d+ devices? added$/ });
  const count = links[0]!.textContent!.match(/\d+/)![0];
  expect(links[0]!.getAttribute('href')).toContain('devices=');
  expect(
    links[0]!
      .getAttribute('href')!
      .match(/devices=([\d,]+)/)![1]!
      .split(','),
  ).toContain(count);
});

test('the paper’s curve is laid over, named as reconstructed', async () => {
  open('/experiments/schnet-1?paper=schnet');
  expect(await screen.findByText(/reconstructed from its endpoints/)).toBeDefined();
  expect(await screen.findByText(/Table 1 of the paper gives β = 0.42/)).toBeDefined();
});

test('the demo opens without a hub’s data and says that nothing was run', async () => {
  open('/demo');
  expect(await screen.findByText(/Nothing on this page was run here/)).toBeDefined();
  expect((await screen.findAllByText(/Reconstructed from the paper/)).length).toBeGreaterThan(0);
  const scaling = await screen.findByRole('region', { name: 'Scaling' });
  expect(within(scaling).getAllByText(/^β = 0\.\d+$/)).toHaveLength(4);
});
