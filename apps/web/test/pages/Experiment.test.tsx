import type { AttemptView } from '@litmatter/protocol';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import type { PageSocket } from '../../src/state/socket.ts';
import { type Hub, openPage } from '../page.tsx';
import { catalogue, runViews, snapshot, summary } from '../samples.ts';

const hub: Hub = {
  'GET /api/catalogue': () => ({ body: catalogue }),
  'GET /api/experiments': () => ({ body: { experiments: [summary()] } }),
};

/** A socket whose hub answers `watch` with this. */
const socketWith = (answer: unknown) =>
  ({
    connected: true,
    on: () => {},
    off: () => {},
    emit: () => {},
    timeout: () => ({ emitWithAck: async () => answer }),
  }) as unknown as PageSocket;
const open = (given = snapshot(), address = '/experiments/schnet-1', more: Hub = {}) =>
  openPage(address, { ...hub, ...more }, socketWith({ snapshot: given }));

test('the exponent is told in words with its interval and R², from three counts on', async () => {
  open();
  expect(await screen.findByText(/^95 % interval 0\.\d+ to [01]\.\d+$/)).toBeDefined();
  expect(screen.getByText(/of the logarithms, over 3 device counts/)).toBeDefined();
});

test('with two counts the page says what is missing instead', async () => {
  open(snapshot({ runs: runViews().slice(0, 2) }));
  expect(await screen.findByText(/2 device counts measured. From three on/)).toBeDefined();
});

test('progress, time left and the best error are told with their units', async () => {
  open(snapshot({ experiment: summary({ epochsDone: 9, bestValidationMae: 0.1234 }) }));
  expect(await screen.findByText('9 of 12')).toBeDefined();
  expect(screen.getByText('about 5 s')).toBeDefined();
  expect(await screen.findByText('0.123 D')).toBeDefined();
});

test('the table has a line a run, with its median and its share of communication', async () => {
  open();
  const row =
    (await screen.findAllByRole('row')).find((one) => one.textContent?.startsWith('24')) ??
    (await screen.findByRole('rowheader', { name: '3' })).closest('tr')!;
  expect(row.textContent).toContain('2.40 s');
  expect(within(row).getByRole('img', { name: /communication 13 %/ })).toBeDefined();
});

test('failed runs say why, once a reason, and can be tried again together', async () => {
  const failed = runViews((index) =>
    index > 0
      ? { state: 'failed', reason: 'Rank 1 was killed (signal 9): take a smaller batch.', endedAt: 1 }
      : {},
  );
  const { asked } = open(snapshot({ runs: failed }), undefined, {
    'POST /api/runs/schnet-1.1/retry': () => ({ body: runViews()[1] }),
    'POST /api/runs/schnet-1.2/retry': () => ({ body: runViews()[2] }),
  });
  expect(await screen.findAllByText('Rank 1 was killed (signal 9): take a smaller batch.')).toHaveLength(1);
  expect(screen.getByText('Runs 2 and 3 failed')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'Retry 2 failed runs' }));
  await waitFor(() =>
    expect(asked.filter((one) => one.route.endsWith('/retry')).map((one) => one.route)).toEqual([
      'POST /api/runs/schnet-1.1/retry',
      'POST /api/runs/schnet-1.2/retry',
    ]),
  );
});

test('a run that failed goes on from its last checkpoint, where it has made an epoch', async () => {
  const failed = runViews((index) =>
    index > 0 ? { state: 'failed', reason: 'rank 2 on n3 was killed (signal 9).', endedAt: 1 } : {},
  );
  const given = snapshot({ runs: failed });
  const epochs = given.epochs.filter((epoch) => epoch.run !== 'schnet-1.2');
  const { asked } = open({ ...given, epochs }, undefined, {
    'POST /api/runs/schnet-1.1/resume': () => ({ body: runViews()[1] }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Resume run 2' }));
  await waitFor(() => expect(asked.some((one) => one.route.endsWith('schnet-1.1/resume'))).toBe(true));
  expect(screen.getByRole('button', { name: 'Retry run 3' })).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Resume run 3' })).toBeNull();
});

test('a log tells of every attempt: where it went on from and how it ended', async () => {
  const attempt = (number: number, change: Partial<AttemptView>): AttemptView => ({
    ...{ attempt: number, createdAt: 0, resumedAfter: null, state: null, reason: null, endedAt: null },
    ...change,
  });
  open(undefined, '/experiments/schnet-1?log=schnet-1.0', {
    'GET /api/runs/schnet-1.0/log': () => ({
      body: {
        ...{ run: 'schnet-1.0', attempt: 2, lines: [], stderr: '', truncated: false },
        attempts: [
          attempt(1, { state: 'failed', reason: 'rank 2 on n3 was killed (signal 9).', endedAt: 1 }),
          attempt(2, { resumedAfter: 7 }),
        ],
      },
    }),
  });
  expect(await screen.findByRole('heading', { name: 'Attempts' })).toBeDefined();
  const [first, second] = screen
    .getAllByRole('listitem')
    .map((item) => item.textContent)
    .filter((text) => /under way|failed/.test(text ?? ''));
  expect(first).toMatch(/from the beginning, failed.*rank 2 on n3 was killed/);
  expect(second).toMatch(/resumed after epoch 7, under way/);
});

test('cancelling asks once more before it does anything', async () => {
  const { asked } = open(undefined, undefined, {
    'POST /api/experiments/schnet-1/cancel': () => ({ body: summary() }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
  expect(asked.some((one) => one.route.endsWith('/cancel'))).toBe(false);
  await userEvent.click(screen.getByRole('button', { name: 'Cancel every run' }));
  await waitFor(() => expect(asked.some((one) => one.route.endsWith('/cancel'))).toBe(true));
});

test('tabs are in the address and turn with the arrow keys', async () => {
  const { router } = open();
  await userEvent.click(await screen.findByRole('tab', { name: 'Speedup' }));
  expect(router.state.location.searchStr).toBe('?show=speedup');
  await userEvent.keyboard('{ArrowRight}');
  await waitFor(() => expect(router.state.location.searchStr).toBe('?show=efficiency'));
});

test('a log opens beside the page, from a link too', async () => {
  open(undefined, '/experiments/schnet-1?log=schnet-1.0', {
    'GET /api/runs/schnet-1.0/log': () => ({
      body: { run: 'schnet-1.0', attempt: 1, lines: [], stderr: 'out of memory', truncated: false },
    }),
  });
  expect(await screen.findByRole('dialog', { name: 'Log of run 1, 1 device' })).toBeDefined();
  expect(await screen.findByText('out of memory')).toBeDefined();
});

test('exports are links to files, named after the experiment', async () => {
  open();
  const csv = await screen.findByRole('link', { name: 'CSV' });
  expect(csv.getAttribute('href')).toBe('/api/experiments/schnet-1/export?format=csv');
  expect(csv.getAttribute('download')).toBe('schnet-1.csv');
});

test('an experiment that is not there says so and leads back', async () => {
  openPage(
    '/experiments/gone',
    hub,
    socketWith({ problem: { message: 'There is no experiment "gone" on this hub.' } }),
  );
  expect(await screen.findByText('There is no experiment "gone" on this hub.')).toBeDefined();
  expect(screen.getByRole('link', { name: 'All experiments' })).toBeDefined();
});
