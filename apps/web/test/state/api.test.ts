import { afterEach, expect, test, vi } from 'vitest';
import { addressOf, call, Refused, Unreachable } from '../../src/state/api.ts';
import { signedOut } from '../../src/state/session.ts';
import { summary } from '../samples.ts';

const answer = (status: number, body: unknown) =>
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(JSON.stringify(body), { status })),
  );
const problemOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => error,
  );

afterEach(() => {
  document.head.innerHTML = '';
  signedOut.set(false);
});

test('addresses stand under the base path that the hub wrote into the page', () => {
  document.head.innerHTML = '<base href="/node/host/8787/">';
  expect(addressOf('exportExperiment', { params: { id: 'a-1' }, query: { format: 'csv' } })).toBe(
    '/node/host/8787/api/experiments/a-1/export?format=csv',
  );
});

test('parameters cannot leave their place in the path', () => {
  expect(addressOf('experiment', { params: { id: '../x?y' } })).toBe('/api/experiments/..%2Fx%3Fy');
});

test('a good answer is decoded', async () => {
  answer(200, { experiments: [summary()] });
  expect((await call('listExperiments')).experiments[0]?.name).toBe('SchNet on molecules');
});

test('a refusal keeps its sentence and the fields to mark', async () => {
  answer(400, { message: 'The experiment: epochs.', fields: { 'training.epochs': 'must be more' } });
  const error = await problemOf(call('listExperiments'));
  expect(error).toBeInstanceOf(Refused);
  expect((error as Refused).fields).toEqual({ 'training.epochs': 'must be more' });
});

test('a page without the token is told to sign in', async () => {
  answer(401, { message: 'This hub needs its token.' });
  await problemOf(call('listExperiments'));
  expect(signedOut.get()).toBe(true);
});

test('an answer that is not what was promised is not let in', async () => {
  answer(200, { experiments: [{ id: 'a' }] });
  expect(await problemOf(call('listExperiments'))).toBeInstanceOf(Unreachable);
});

test('silence is told as silence', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))),
  );
  const error = (await problemOf(call('listExperiments'))) as Error;
  expect(error.message).toMatch(/litmatter serve/);
});
