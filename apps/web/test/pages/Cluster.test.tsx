import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { openPage } from '../page.tsx';
import { batch, clusterView, job, node } from './cluster/samples.ts';

const at = (view: unknown) => ({ 'GET /api/cluster': () => ({ body: view }) });

test('a laptop is told what it has, and what each lacking part is mended by', async () => {
  openPage('/cluster', at(clusterView({ batch: null })));
  expect(await screen.findByRole('heading', { name: 'Cluster' })).toBeDefined();
  const launchers = screen.getByRole('region', { name: 'Launchers' });
  expect(within(launchers).getByText('apt-get install openmpi-bin')).toBeDefined();
  expect(within(launchers).getByRole('button', { name: 'Copy: apt-get install openmpi-bin' })).toBeDefined();
  expect(screen.queryByRole('region', { name: /^Queue/ })).toBeNull();
  expect(screen.getByText(/host: 2 cores/)).toBeDefined();
});

test('a queue says why a job waits and when it is expected to begin, and leads to our own runs', async () => {
  const run = { id: 'schnet-1.0', experiment: 'schnet-1', name: 'SchNet', index: 0 };
  const jobs = [
    job('7', { mine: true, user: 'ann', runs: [run] }),
    job('8', {
      state: 'pending',
      reason: 'jobs of higher priority go first',
      startsAt: Date.now() + 7_200_000,
    }),
  ];
  openPage('/cluster', at(clusterView({ batch: batch({ jobs }) })));
  const queue = await screen.findByRole('region', { name: /^Queue: 1 at work, 1 waiting/ });
  expect(within(queue).getByRole('link', { name: 'Run 1, SchNet' }).getAttribute('href')).toBe(
    '/experiments/schnet-1',
  );
  expect(within(queue).getByText(/jobs of higher priority go first/)).toBeDefined();
  expect(within(queue).getByText(/^expected in 2 h/)).toBeDefined();
});

test('whose jobs and which partition are in the address', async () => {
  const jobs = [job('7', { mine: true }), job('8'), job('9', { partition: 'cpu' })];
  const { router } = openPage('/cluster', at(clusterView({ batch: batch({ jobs }) })));
  await userEvent.click(await screen.findByRole('tab', { name: /^Mine/ }));
  await waitFor(() => expect(router.state.location.searchStr).toBe('?jobs=mine'));
  expect(screen.queryByRole('rowheader', { name: '8' })).toBeNull();
  await userEvent.click(screen.getByRole('tab', { name: /^Everybody/ }));
  await userEvent.click(screen.getByRole('button', { name: 'cpu' }));
  await waitFor(() => expect(router.state.location.searchStr).toBe('?partition=cpu'));
  const queue = screen.getByRole('region', { name: /^Queue/ });
  expect(
    within(queue)
      .getAllByRole('rowheader')
      .map((one) => one.textContent),
  ).toEqual(['9']);
});

test('of a thousand nodes only those in sight are rows, and what is asked for is found', async () => {
  const nodes = Array.from({ length: 1_000 }, (_, i) =>
    node(`n${i}`, i === 7 ? { condition: 'down', reason: { text: 'fan', by: 'root', at: null } } : {}),
  );
  openPage('/cluster', at(clusterView({ batch: batch({ nodes }) })));
  const panel = await screen.findByRole('region', { name: '1,000 nodes' });
  const table = within(panel).getByRole('table');
  expect(table.getAttribute('aria-rowcount')).toBe('1001');
  expect(within(table).getAllByRole('row').length).toBeLessThan(100);
  expect(within(panel).getByRole('img', { name: '1,000 nodes of gpu: 999 idle, 1 down' })).toBeDefined();
  await userEvent.click(within(panel).getByRole('button', { name: 'Down 1' }));
  await waitFor(() => expect(within(panel).getAllByRole('rowheader')).toHaveLength(1));
  expect(within(panel).getByText('fan')).toBeDefined();
});

test('a batch system that does not answer is told so, with how old the rest is and what to try', async () => {
  const broken = batch({
    at: Date.now() - 90_000,
    problem: { message: 'Slurm cannot be read now: no answer within 10 s.', mend: 'scontrol ping' },
  });
  openPage('/cluster', at(clusterView({ batch: broken })));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toMatch(/no answer within 10 s\. What follows was read (?:90 s|2 min) ago/);
  expect(within(alert).getByText('scontrol ping')).toBeDefined();
});

test('one that never answered leaves the rest of the page standing', async () => {
  const broken = batch({
    ...{ at: null, nodes: [], jobs: [], partitions: [] },
    problem: { message: 'Slurm cannot be read now.', mend: null },
  });
  openPage('/cluster', at(clusterView({ batch: broken })));
  expect((await screen.findByRole('alert')).textContent).toBe('Slurm cannot be read now.');
  expect(screen.getByRole('region', { name: 'Launchers' })).toBeDefined();
  expect(screen.queryByRole('region', { name: /^Queue/ })).toBeNull();
});
