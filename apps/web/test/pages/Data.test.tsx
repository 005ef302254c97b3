import { moleculeSet, packMolecules } from '@litmatter/molecules';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { openPage } from '../page.tsx';
import { catalogue } from '../samples.ts';

const set = moleculeSet(
  [0, 1, 2].map((k) => ({
    id: `CO ${k}`,
    atomicNumbers: [6, 8],
    positions: [
      [0, 0, 0],
      [0, 0, 1.1],
    ],
    bonds: [[0, 1, 3]],
    targets: { dipole: 1 + k, gap: 5 },
  })),
  { dipole: 'D', gap: 'eV' },
);
const packed = packMolecules({ set, parts: { train: 3, validation: 0, test: 0 } });

/** The hub of `openPage`, which answers with JSON, and one route whose answer is a file. */
function open(address: string) {
  const opened = openPage(address, { 'GET /api/catalogue': () => ({ body: catalogue }) });
  const json = globalThis.fetch;
  const bodies: unknown[] = [];
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    if (!String(input).endsWith('/api/datasets/molecules')) return json(input, init);
    bodies.push(JSON.parse(String(init.body)));
    return new Response(packed);
  });
  return { ...opened, bodies };
}

test('every data set is told with its size, licence and targets, and how to get it where it is not here', async () => {
  open('/data');
  const [here, away] = (await screen.findAllByRole('listitem')).slice(0, 2);
  expect(within(here!).getByText('4,054')).toBeDefined();
  expect(within(here!).getByText('399 kB')).toBeDefined();
  expect(within(here!).getByText('CC0-1.0')).toBeDefined();
  expect(within(here!).getByText('2 targets')).toBeDefined();
  expect(within(away!).getByText('Not here')).toBeDefined();
  expect(within(away!).getByText('Get gdb9.sdf.')).toBeDefined();
  expect(within(away!).queryByRole('button', { name: 'Look inside' })).toBeNull();
  expect(screen.getByText('litmatter dataset import FILE... --name NAME')).toBeDefined();
});

test('a look inside is in the address, and shows how targets are spread and the molecules one by one', async () => {
  const { router, bodies } = open('/data');
  await userEvent.click(await screen.findByRole('button', { name: 'Look inside' }));
  expect(router.state.location.searchStr).toBe('?name=bundled');
  const targets = await screen.findByRole('region', { name: 'Targets of Small molecules' });
  expect(within(targets).getByText('2 ± 1')).toBeDefined();
  expect(within(targets).getByRole('img', { name: 'Spread from 1 to 3 D' })).toBeDefined();
  expect(bodies).toEqual([{ name: 'bundled', limit: 5_000, split: { train: 1, validation: 0, test: 0 } }]);
  expect(screen.getByText('CO 0')).toBeDefined();
  await userEvent.click(screen.getByRole('button', { name: 'Next molecule' }));
  expect(await screen.findByText('CO 1')).toBeDefined();
  expect(router.state.location.searchStr).toBe('?name=bundled&molecule=1');
  expect(screen.getByText('Dipole moment: 2 D')).toBeDefined();
});

test('a data set that is not here cannot be looked into, and the page says so', async () => {
  open('/data?name=qm9');
  expect((await screen.findByRole('alert')).textContent).toMatch(/no data set “qm9” on this hub/);
});
