import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { type Hub, openPage } from '../../page.tsx';
import { catalogue, epoch, runViews, snapshot, summary } from '../../samples.ts';

const ranks = [0, 1].map((rank) => ({
  ...{ rank, host: 'n1', device: `core ${rank}`, backend: 'wasm' },
  ...{
    seconds: 2,
    data: 0.1,
    compute: 1 + rank / 2,
    communication: 0.7 - rank / 2,
    optimiser: 0.1,
    samples: 800,
  },
}));

function open(epochs: ReturnType<typeof epoch>[], more: Hub = {}) {
  const given = snapshot({ runs: runViews(), epochs });
  return openPage('/experiments/schnet-1', {
    'GET /api/catalogue': () => ({ body: catalogue }),
    'GET /api/experiments': () => ({ body: { experiments: [summary()] } }),
    'GET /api/experiments/schnet-1': () => ({ body: given }),
    ...more,
  });
}

const slowest = { rank: 1, host: 'n2', seconds: 1.6, median: 1.1, waited: 1.1 };

test('a rank that the others wait for is named, with what it costs, and leads to all ranks', async () => {
  const epochs = [1, 2, 3, 4].map((number) => epoch(1, number, { slowest, seconds: 4.4 }));
  const { router } = open(epochs, {
    'GET /api/runs/schnet-1.1/ranks': () => ({ body: { run: 'schnet-1.1', attempt: 1, epochs: 3, ranks } }),
  });
  const list = await screen.findByRole('list', { name: 'Stragglers' });
  expect(list.textContent).toMatch(
    /^Run 2 on 2 devices: rank 1 on n2 takes 1\.45 times as long as the median of the others, who wait for it 25 % of the time\./,
  );
  await userEvent.click(within(list).getByRole('button', { name: 'See its ranks' }));
  expect(router.state.location.searchStr).toBe('?ranks=schnet-1.1');
  const sheet = await screen.findByRole('dialog', { name: 'Ranks of run 2, 2 devices' });
  // The busiest first, with where it computes and all parts of its time.
  expect((await within(sheet).findAllByRole('rowheader')).map((one) => one.textContent)).toEqual(['1', '0']);
  expect(within(sheet).getByText('core 1')).toBeDefined();
  expect(
    within(sheet)
      .getAllByRole('columnheader')
      .map((one) => one.textContent),
  ).toEqual(expect.arrayContaining(['Data', 'Compute', 'Communication', 'Optimiser', 'Samples']));
});

test('where ranks are alike nobody is named, and energy has no column where nothing meters it', async () => {
  open([1, 2, 3].map((number) => epoch(1, number)));
  expect(await screen.findByRole('columnheader', { name: /Device-hours/ })).toBeDefined();
  expect(screen.queryByRole('list', { name: 'Stragglers' })).toBeNull();
  expect(screen.queryByRole('columnheader', { name: /Energy/ })).toBeNull();
});

test('energy an epoch stands in the table where it is metered', async () => {
  open([1, 2, 3].map((number) => epoch(0, number, { joules: { cpu: number === 1 ? 9_999 : 320 } })));
  expect(await screen.findByRole('columnheader', { name: /Energy \/ epoch/ })).toBeDefined();
  const cell = await screen.findByText('320 J');
  expect(cell.getAttribute('title')).toBe(
    '0.2 J a sample; processors and memory of the hosts, whatever ran there, 320 J',
  );
});
