import type { DatasetDownload } from '@litmatter/protocol';
import { configure, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { openPage } from '../../page.tsx';
import { catalogue } from '../../samples.ts';

const idle: DatasetDownload = {
  name: 'qm9',
  available: false,
  size: 53_846_377,
  hasSubset: false,
  phase: null,
  file: null,
  bytes: 0,
  total: null,
  kept: 0,
  error: null,
  byHand: 'Get gdb9.sdf.',
};
const coming: DatasetDownload = {
  ...idle,
  phase: 'downloading',
  file: 'gdb9.tar.gz',
  bytes: 21_343_850,
  total: 53_359_625,
  kept: 21_343_850,
};

/** The Data page before a hub whose download is in a state that the test changes. */
function open(first: Partial<DatasetDownload> = {}) {
  const hub = { state: { ...idle, ...first } };
  const put = (state: DatasetDownload) => {
    hub.state = state;
    return { body: state };
  };
  const opened = openPage('/data', {
    'GET /api/catalogue': () => ({
      body: {
        ...catalogue,
        datasets: catalogue.datasets.map((card) =>
          card.name === 'qm9' ? { ...card, available: hub.state.available } : card,
        ),
      },
    }),
    'GET /api/datasets/downloads': () => ({ body: { downloads: [hub.state] } }),
    'POST /api/datasets/qm9/download': () => put(coming),
    'POST /api/datasets/qm9/download/cancel': () => put({ ...idle, kept: coming.kept }),
  });
  return { hub, ...opened };
}

configure({ asyncUtilTimeout: 20_000 });
const card = async () =>
  within((await screen.findByRole('heading', { name: 'QM9 qm9' })).closest('li') as HTMLElement);

test('a data set that is not here is downloaded by a press, its size, licence and the way by hand beside it', async () => {
  const { asked } = open();
  const qm9 = await card();
  const button = await qm9.findByRole('button', { name: 'Download: QM9' });
  expect(qm9.getByText('53.8 MB. Licence: CC0-1.0')).toBeDefined();
  expect(qm9.getByText('By hand: Get gdb9.sdf.')).toBeDefined();
  expect(qm9.queryByRole('checkbox')).toBeNull();
  await userEvent.click(button);
  expect(await qm9.findByText('gdb9.tar.gz: 21.3 MB of 53.4 MB')).toBeDefined();
  expect(
    Number(qm9.getByRole('progressbar', { name: 'Download of QM9' }).getAttribute('aria-valuenow')),
  ).toBeCloseTo(40, 1);
  expect(asked.filter(({ route }) => route.startsWith('POST'))).toEqual([
    { route: 'POST /api/datasets/qm9/download', body: { subset: false } },
  ]);
});

test('the page follows a download until the data set is here, without a reload', async () => {
  const { hub } = open(coming);
  const qm9 = await card();
  expect(await qm9.findByText('gdb9.tar.gz: 21.3 MB of 53.4 MB')).toBeDefined();
  hub.state = { ...coming, phase: 'checking' };
  expect(await qm9.findByText('gdb9.tar.gz has come and is checked …')).toBeDefined();
  hub.state = { ...coming, phase: 'reading', file: null };
  expect(await qm9.findByText('Everything has come. The hub reads QM9 through …')).toBeDefined();
  expect(qm9.queryByRole('button', { name: 'Cancel' })).toBeNull();
  hub.state = { ...idle, available: true, byHand: null };
  expect(await qm9.findByRole('button', { name: 'Look inside' })).toBeDefined();
  expect(qm9.getByText('Here')).toBeDefined();
  expect(qm9.queryByRole('progressbar')).toBeNull();
});

test('a download that is cancelled, or that the end of the hub broke off, is gone on with', async () => {
  open(coming);
  const qm9 = await card();
  await userEvent.click(await qm9.findByRole('button', { name: 'Cancel' }));
  const goOn = await qm9.findByRole('button', { name: 'Go on: QM9' });
  expect(qm9.getByText('Broke off after 21.3 MB of 53.8 MB. Licence: CC0-1.0')).toBeDefined();
  await userEvent.click(goOn);
  expect(await qm9.findByRole('progressbar')).toBeDefined();
});

test('a download that failed says why, how else to have the data set, and is tried again', async () => {
  open({ error: 'mirror.example sent nothing for 60 s (tried 4 times).', kept: 1_000_000 });
  const qm9 = await card();
  expect((await qm9.findByRole('alert')).textContent).toBe(
    'mirror.example sent nothing for 60 s (tried 4 times).',
  );
  expect(qm9.getByText('By hand: Get gdb9.sdf.')).toBeDefined();
  await userEvent.click(qm9.getByRole('button', { name: 'Try again: QM9' }));
  expect(await qm9.findByRole('progressbar')).toBeDefined();
  expect(qm9.queryByRole('alert')).toBeNull();
});

test('only the subset of its benchmark comes where that is ticked', async () => {
  const { asked } = open({ size: null, hasSubset: true });
  const qm9 = await card();
  expect(await qm9.findByText('Its size is told once it begins. Licence: CC0-1.0')).toBeDefined();
  await userEvent.click(qm9.getByRole('checkbox', { name: 'Only the benchmark subset' }));
  await userEvent.click(qm9.getByRole('button', { name: 'Download: QM9' }));
  expect(await qm9.findByRole('progressbar')).toBeDefined();
  expect(asked.find(({ route }) => route.startsWith('POST'))?.body).toEqual({ subset: true });
});
