import { afterEach, expect, test, vi } from 'vitest';
import { CodeAway, fromHub } from '../../src/app/code.ts';

const gone = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module: /assets/a.js'));
const reload = vi.fn();
vi.stubGlobal('location', { ...location, href: location.href, reload });

afterEach(() => {
  sessionStorage.clear();
  reload.mockClear();
});

test('code that comes is given as it is', async () => {
  expect(await fromHub(async () => ({ Page: 1 }))()).toEqual({ Page: 1 });
});

test('where the hub is away that is said, and the page is not thrown away', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(fromHub(gone)()).rejects.toBeInstanceOf(CodeAway);
  // The router reloads a page by itself for messages of that beginning.
  await expect(fromHub(gone)()).rejects.toThrow(/^The hub does not answer/);
  expect(reload).not.toHaveBeenCalled();
});

test('where the hub has been renewed the page is loaded anew, once: a file that is truly missing is told', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}')));
  void fromHub(gone)();
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1));
  await expect(fromHub(gone)()).rejects.toThrow(/^Failed to fetch/);
  expect(reload).toHaveBeenCalledTimes(1);
});
