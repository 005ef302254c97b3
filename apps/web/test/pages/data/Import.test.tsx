import type { DatasetImport } from '@litmatter/protocol';
import { fireEvent, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { nameFor } from '../../../src/pages/data/ImportForm.tsx';
import * as sending from '../../../src/state/send-file.ts';
import { uploads } from '../../../src/state/uploads.ts';
import { openPage } from '../../page.tsx';
import { catalogue } from '../../samples.ts';

const found: DatasetImport = {
  name: 'alcohols',
  files: [{ name: 'alcohols.csv', bytes: 1_000_000 }],
  phase: 'found',
  bytes: 1_000_000,
  total: 1_000_000,
  found: {
    molecules: 3,
    atoms: 9,
    contents: { positions: false, bonds: true },
    targets: [
      { name: 'mu', title: 'mu', unit: 'D' },
      { name: 'mass', title: 'mass', unit: '' },
    ],
    known: false,
    split: null,
    notes: ['The column "note" is no target: line 2 has "x".'],
  },
  error: null,
};
const card = {
  ...catalogue.datasets[0]!,
  name: 'alcohols',
  title: 'alcohols',
  removable: true,
};

afterEach(() => uploads.set([]));

/** The Data page before a hub whose imports the test changes; what is sent stands still until `arrive`. */
function open(first: readonly DatasetImport[] = [], refusal?: object) {
  const hub = { imports: [...first], datasets: [...catalogue.datasets] };
  const sent: { address: string; file: Blob; onSent: (bytes: number) => void; signal: AbortSignal }[] = [];
  const { promise: arrived, resolve: arrive, reject: breakOff } = Promise.withResolvers<void>();
  vi.spyOn(sending, 'sendFile').mockImplementation((address, file, onSent, signal) => {
    sent.push({ address, file, onSent, signal });
    return arrived;
  });
  const opened = openPage('/data', {
    'GET /api/catalogue': () => ({ body: { ...catalogue, datasets: hub.datasets } }),
    'GET /api/datasets/downloads': () => ({ body: { downloads: [] } }),
    'GET /api/datasets/imports': () => ({ body: { imports: hub.imports } }),
    'POST /api/datasets/imports': () => {
      if (refusal) return { status: 400, body: refusal };
      const coming: DatasetImport = { ...found, phase: 'coming', bytes: 0, found: null };
      hub.imports = [coming];
      return { body: coming };
    },
    'POST /api/datasets/imports/alcohols/finish': () => {
      hub.imports = [{ ...found, phase: 'making' }];
      return { body: hub.imports[0] };
    },
    'POST /api/datasets/imports/alcohols/cancel': () => {
      hub.imports = [];
      return { body: { cancelled: 'alcohols' } };
    },
    'DELETE /api/datasets/alcohols': () => {
      hub.datasets = [...catalogue.datasets];
      return { body: { removed: 'alcohols' } };
    },
  });
  return { hub, sent, arrive, breakOff, ...opened };
}

const file = (name: string, size = 1_000_000) => {
  const made = new File(['x'], name);
  Object.defineProperty(made, 'size', { value: size });
  return made;
};
const choose = async (...files: File[]) => {
  const form = within(await screen.findByRole('form', { name: 'Import your own files' }));
  const input = form.getByLabelText('Files to import', { selector: 'input' });
  fireEvent.change(input, { target: { files } });
  return form;
};
const importing = async () =>
  within((await screen.findByRole('heading', { name: 'alcohols import' })).closest('li') as HTMLElement);

test('chosen files are named after the first, sent in the order chosen, with progress and rate', async () => {
  const { sent, asked } = open();
  const form = await choose(file('alcohols.csv'));
  const name = form.getByRole('textbox', { name: 'Name' }) as HTMLInputElement;
  expect(name.value).toBe('alcohols');
  expect(document.activeElement).toBe(name);
  await userEvent.click(form.getByRole('button', { name: 'Import 1 file, 1 MB' }));
  const going = await importing();
  expect(asked.find(({ route }) => route === 'POST /api/datasets/imports')?.body).toEqual({
    name: 'alcohols',
    files: [{ name: 'alcohols.csv', bytes: 1_000_000 }],
  });
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]!.address).toMatch(/\/api\/datasets\/imports\/alcohols\/files\/alcohols\.csv$/);
  sent[0]!.onSent(10);
  await new Promise((resolve) => setTimeout(resolve, 400));
  sent[0]!.onSent(400_000);
  expect(await going.findByText(/^Sent 400 kB of 1 MB, \S+ [kM]B\/s, .* left$/)).toBeDefined();
  expect(Number(going.getByRole('progressbar').getAttribute('aria-valuenow'))).toBeCloseTo(40);
});

test('a wrong file or name is told at its field, and nothing is sent', async () => {
  const { sent, asked } = open([], {
    message: 'The name "qm9" is taken.',
    fields: { name: 'is taken: choose another' },
  });
  const form = await choose(file('table.parquet'));
  await userEvent.click(form.getByRole('button', { name: /^Import 1 file/ }));
  expect((await form.findByRole('alert')).textContent).toMatch(/^table\.parquet is of no kind/);
  await userEvent.click(form.getByRole('button', { name: 'Leave out table.parquet' }));
  await choose(file('large.sdf', 3e9));
  await userEvent.click(form.getByRole('button', { name: /^Import 1 file, 3 GB/ }));
  expect((await form.findByRole('alert')).textContent).toMatch(/^The files are larger than the 2 GB/);
  expect(asked.some(({ route }) => route.startsWith('POST'))).toBe(false);
  await userEvent.click(form.getByRole('button', { name: 'Leave out large.sdf' }));
  await choose(file('a.sdf'));
  await userEvent.click(form.getByRole('button', { name: /^Import 1 file/ }));
  expect((await form.findByRole('alert')).textContent).toBe('Name is taken: choose another.');
  expect(form.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid')).toBe('true');
  expect(sent).toEqual([]);
});

test('an import is cancelled while it is sent, and the hub forgets it', async () => {
  const { sent, asked } = open();
  const form = await choose(file('alcohols.csv'));
  await userEvent.click(form.getByRole('button', { name: /^Import/ }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  await userEvent.click((await importing()).getByRole('button', { name: 'Cancel' }));
  expect(sent[0]!.signal.aborted).toBe(true);
  await vi.waitFor(() => expect(screen.queryByRole('heading', { name: 'alcohols import' })).toBeNull());
  expect(asked.some(({ route }) => route === 'POST /api/datasets/imports/alcohols/cancel')).toBe(true);
});

test('one that breaks off says so and can be sent again', async () => {
  const { hub, sent, breakOff } = open();
  const form = await choose(file('alcohols.csv'));
  await userEvent.click(form.getByRole('button', { name: /^Import/ }));
  await vi.waitFor(() => expect(sent).toHaveLength(1));
  hub.imports = [];
  breakOff(new Error('The hub stopped answering.'));
  const going = await importing();
  expect((await going.findByRole('alert')).textContent).toBe(
    'The hub stopped answering. Nothing of it is kept on the hub.',
  );
  await userEvent.click(going.getByRole('button', { name: 'Send again' }));
  await vi.waitFor(() => expect(sent).toHaveLength(2));
});

test('what was found is chosen from: targets, units, the one trained on; then the card is there without a reload', async () => {
  const { hub, asked } = open([found]);
  const going = await importing();
  expect(going.getByText('3 molecules of 9 atoms, with bonds.')).toBeDefined();
  expect(going.getByText('1 column passed over')).toBeDefined();
  await userEvent.type(going.getByRole('textbox', { name: 'Unit of mass' }), 'u');
  await userEvent.click(going.getByRole('radio', { name: 'Train on mass by default' }));
  await userEvent.click(going.getByRole('checkbox', { name: 'mu' }));
  await userEvent.click(going.getByRole('checkbox', { name: 'mass' }));
  expect(going.getByRole('alert').textContent).toMatch(/^Keep at least one target/);
  await userEvent.click(going.getByRole('checkbox', { name: 'mass' }));
  await userEvent.click(going.getByRole('checkbox', { name: 'mu' }));
  await userEvent.click(going.getByRole('button', { name: /^Make the data set/ }));
  expect(await going.findByText('The hub makes the data set …')).toBeDefined();
  expect(asked.find(({ route }) => route.endsWith('/finish'))?.body).toEqual({
    targets: [
      { name: 'mass', unit: 'u' },
      { name: 'mu', unit: 'D' },
    ],
  });
  hub.imports = [];
  hub.datasets = [...catalogue.datasets, card];
  const made = await screen.findByRole('heading', { name: 'alcohols' });
  expect(await screen.findByText('The data set alcohols is here.')).toBeDefined();
  await vi.waitFor(() => expect(document.activeElement).toBe(made.closest('li')));
});

test('a refused import tells the reader’s sentence and is dismissed', async () => {
  open([{ ...found, phase: 'refused', found: null, error: 'bad.csv, line 3: "C(" leaves a branch open.' }]);
  const going = await importing();
  expect(going.getByRole('alert').textContent).toBe('bad.csv, line 3: "C(" leaves a branch open.');
  await userEvent.click(going.getByRole('button', { name: 'Dismiss' }));
  await vi.waitFor(() => expect(screen.queryByRole('heading', { name: 'alcohols import' })).toBeNull());
});

test('only what was imported or downloaded can be removed, by a second press', async () => {
  const { hub } = open();
  hub.datasets = [...catalogue.datasets, card];
  const own = within((await screen.findByRole('heading', { name: 'alcohols' })).closest('li') as HTMLElement);
  expect(screen.getAllByRole('button', { name: /^Remove/ })).toHaveLength(1);
  await userEvent.click(own.getByRole('button', { name: 'Remove alcohols' }));
  await userEvent.click(own.getByRole('button', { name: 'Keep it' }));
  await userEvent.click(own.getByRole('button', { name: 'Remove alcohols' }));
  await userEvent.click(own.getByRole('button', { name: 'Remove alcohols from the hub' }));
  await vi.waitFor(() => expect(screen.queryByRole('heading', { name: 'alcohols' })).toBeNull());
});

test('a data set is named after its file, not after the part of a split that one is', () => {
  expect(nameFor('My gaps (2).csv.gz')).toBe('My-gaps-2');
  expect(nameFor('train.jsonl')).toBe('');
  expect(nameFor('.hidden')).toBe('');
});
