import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { openPage } from '../page.tsx';
import { summary } from '../samples.ts';

const listing = (experiments: unknown[]) => ({ 'GET /api/experiments': () => ({ body: { experiments } }) });
const many = Array.from({ length: 1_000 }, (_, index) =>
  summary({ id: `e-${index}`, name: `Experiment ${index}`, createdAt: 1_700_000_000_000 + index }),
);

test('an empty list says what to do next', async () => {
  openPage('/experiments', listing([]));
  expect(await screen.findByRole('heading', { name: 'No experiments yet' })).toBeDefined();
  expect(screen.getByRole('link', { name: 'Design the first experiment' }).getAttribute('href')).toBe(
    '/design',
  );
});

test('of a thousand experiments only those in sight are in the document', async () => {
  openPage('/experiments', listing(many));
  expect(await screen.findByText('Experiment 999')).toBeDefined();
  expect(document.querySelectorAll('tbody tr').length).toBeLessThan(100);
  expect(screen.getByRole('table', { name: 'Experiments' }).getAttribute('aria-rowcount')).toBe('1001');
});

test('searching narrows the list and is in the address', async () => {
  const { router } = openPage('/experiments', listing(many));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Search experiments' }), 'experiment 77');
  await screen.findByText('19 of 1,000');
  expect(router.state.location.searchStr).toBe('?q=experiment+77');
});

test('where nothing matches, one press clears what hides the rest', async () => {
  openPage('/experiments?q=nothing-like-it', listing([summary()]));
  await userEvent.click(await screen.findByRole('button', { name: 'Clear the search and filters' }));
  expect(await screen.findByText('SchNet on molecules')).toBeDefined();
});

test('ticked experiments are compared on one chart', async () => {
  const { router } = openPage(
    '/experiments',
    listing([summary({ id: 'a', name: 'A' }), summary({ id: 'b', name: 'B' })]),
  );
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Select A' }));
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select B' }));
  await waitFor(() => expect(router.state.location.searchStr).toBe('?pick=a,b'));
  expect(screen.getByRole('link', { name: 'Compare on one chart' }).getAttribute('href')).toBe(
    '/experiments/a?with=b',
  );
});

test('archiving takes a row out of the list once the hub has said so', async () => {
  openPage('/experiments', {
    ...listing([summary({ id: 'a', name: 'A' }), summary({ id: 'b', name: 'B' })]),
    'PATCH /api/experiments/a': (body) => ({ body: summary({ id: 'a', name: 'A', ...(body as object) }) }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Archive: A' }));
  await waitFor(() => expect(screen.queryByText('A')).toBeNull());
  expect(screen.getByText('B')).toBeDefined();
});

test('a hub that does not answer is told in a sentence, with a way to try again', async () => {
  openPage('/experiments', {
    'GET /api/experiments': () => Promise.reject(new TypeError('Failed to fetch')),
  });
  expect(await screen.findByText(/Is `litmatter serve` still running/)).toBeDefined();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeDefined();
});

test('without the token the page says how to sign in', async () => {
  openPage('/experiments', { 'GET /api/experiments': () => ({ status: 401, body: { message: 'no' } }) });
  expect(await screen.findByRole('heading', { name: 'Sign in to this hub' })).toBeDefined();
});
