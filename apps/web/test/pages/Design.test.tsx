import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { type Hub, openPage } from '../page.tsx';
import { catalogue, plan, summary } from '../samples.ts';

const hub: Hub = {
  'GET /api/catalogue': () => ({ body: catalogue }),
  'POST /api/plan': () => ({ body: plan }),
  'POST /api/experiments': () => ({ body: summary() }),
};
const field = (name: string) => screen.findByRole('textbox', { name });

test('the plan is in view, with its warnings, before anything is typed', async () => {
  openPage('/design', hub);
  expect(await screen.findByText('102 to 26')).toBeDefined();
  expect(screen.getByText(/4 ranks share 2 devices/)).toBeDefined();
  expect(screen.getByRole('button', { name: 'Measure this machine' })).toBeDefined();
});

test('what is typed is in the address, so that a link shows it', async () => {
  const { router } = openPage('/design', hub);
  const epochs = await field('Epochs');
  await userEvent.clear(epochs);
  await userEvent.type(epochs, '12');
  await userEvent.click(screen.getByRole('button', { name: '8' }));
  expect(router.state.location.searchStr).toBe('?epochs=12&devices=1,+2,+4,+8');
});

test('bad input is marked at its field in words, and nothing typed is lost', async () => {
  openPage('/design?epochs=abc&rate=1e-4', hub);
  const epochs = (await field('Epochs')) as HTMLInputElement;
  expect(epochs.value).toBe('abc');
  expect(epochs.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText('Epochs “abc” is not a number.')).toBeDefined();
  expect(((await field('Learning rate')) as HTMLInputElement).value).toBe('1e-4');
  expect(screen.getByText(/Mend this to see the plan/)).toBeDefined();
});

test('launching with something wrong leads to it instead', async () => {
  const { asked } = openPage('/design?epochs=abc', hub);
  await field('Epochs');
  await userEvent.click(screen.getByRole('button', { name: 'Launch' }));
  expect(document.activeElement?.id).toBe('field-training-epochs');
  expect(asked.some((one) => one.route === 'POST /api/experiments')).toBe(false);
});

test('launching posts the spec and goes to the experiment', async () => {
  const { asked, router } = openPage('/design?epochs=3&model=schnet:small;cutoff=6', hub);
  await userEvent.click(await screen.findByRole('button', { name: 'Launch 3 runs' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/experiments/schnet-1'));
  expect(asked.find((one) => one.route === 'POST /api/experiments')?.body).toMatchObject({
    models: [{ name: 'schnet', preset: 'small', options: { cutoff: 6 } }],
    training: { epochs: 3 },
    devices: [1, 2, 4],
  });
});

test("the hub's own findings are marked at their fields", async () => {
  openPage('/design', {
    ...hub,
    'POST /api/plan': () => ({
      status: 400,
      body: {
        message: 'The experiment: too wide.',
        fields: { 'training.batchPerDevice': 'needs more memory than there is' },
      },
    }),
  });
  expect(await screen.findByText('Batch per device needs more memory than there is.')).toBeDefined();
});

test('a launch that is refused says why and keeps the design', async () => {
  const { router } = openPage('/design?epochs=3', {
    ...hub,
    'POST /api/experiments': () => ({ status: 409, body: { message: 'The disk of the hub is full.' } }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'Launch 3 runs' }));
  expect(await screen.findByText('The disk of the hub is full.')).toBeDefined();
  expect(router.state.location.searchStr).toBe('?epochs=3');
});

test('a launcher that is not here says what it lacks and cannot be chosen', async () => {
  openPage('/design', hub);
  const launchers = await screen.findByRole('group', { name: 'Launcher' });
  expect((within(launchers).getByRole('radio', { name: /Slurm/ }) as HTMLInputElement).disabled).toBe(true);
  expect(within(launchers).getByText('Install Slurm.')).toBeDefined();
});

test('a measured forecast takes the place of the question', async () => {
  const forecast = { seconds: 4, low: 3, high: 5 };
  const measured = {
    ...plan,
    basis: 'From a trial on this machine.',
    wallSeconds: 120,
    perModelAndCount: plan.perModelAndCount.map((cell) => ({ ...cell, forecast })),
  };
  let calls = 0;
  openPage('/design', { ...hub, 'POST /api/plan': () => ({ body: calls++ === 0 ? plan : measured }) });
  await userEvent.click(await screen.findByRole('button', { name: 'Measure this machine' }));
  expect(await screen.findByText('≈ 2 min')).toBeDefined();
  expect(screen.getByText(/From a trial on this machine/)).toBeDefined();
});

const withSlurm = {
  ...catalogue,
  launchers: catalogue.launchers.map((one) =>
    one.name === 'slurm'
      ? { ...one, available: true, detail: 'slurm 22.05, 4 nodes', mend: null, site: { partition: 'gpu' } }
      : one,
  ),
};
const slurmHub: Hub = { ...hub, 'GET /api/catalogue': () => ({ body: withSlurm }) };

test('the fields of a launcher appear when it is chosen, with what the site makes of them', async () => {
  const { asked, router } = openPage('/design', slurmHub);
  const slurm = await screen.findByRole('radio', { name: /Slurm/ });
  expect(screen.queryByRole('textbox', { name: 'Partition' })).toBeNull();
  await userEvent.click(slurm);
  expect(((await field('Partition')) as HTMLInputElement).placeholder).toBe('gpu, the site’s');
  await userEvent.type(await field('Time limit'), '1:30:00');
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'GPUs' }), 'One a rank');
  await userEvent.selectOptions(
    screen.getByRole('combobox', { name: 'Runs are' }),
    'steps of one allocation',
  );
  expect(router.state.location.search).toMatchObject({ launcher: 'slurm', timeLimit: '1:30:00' });
  await userEvent.click(await screen.findByRole('button', { name: 'Launch 3 runs' }));
  await waitFor(() => expect(asked.some((one) => one.route === 'POST /api/experiments')).toBe(true));
  expect(asked.find((one) => one.route === 'POST /api/experiments')?.body).toMatchObject({
    launcher: { name: 'slurm', timeLimit: '1:30:00', gpus: true, runsAs: 'steps' },
  });
});

test('a time limit that sbatch does not take is marked at its field', async () => {
  openPage('/design?launcher=slurm&timeLimit=soon', slurmHub);
  expect((await field('Time limit')).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText(/^Time limit must be a time as sbatch takes it/)).toBeDefined();
});

test('what was typed for another launcher than the chosen one is not in the way', async () => {
  const { asked } = openPage('/design?launcher=local&timeLimit=soon&partition=gpu', slurmHub);
  await userEvent.click(await screen.findByRole('button', { name: 'Launch 3 runs' }));
  await waitFor(() => expect(asked.some((one) => one.route === 'POST /api/experiments')).toBe(true));
  expect(asked.find((one) => one.route === 'POST /api/experiments')?.body).toMatchObject({
    launcher: { name: 'local' },
  });
});

test('the batch scripts can be read before anything is sent, each at its count, and by a link', async () => {
  const scripts = [1, 4].map((devices) => ({
    devices,
    text: `#SBATCH --ntasks=${devices}\nexec srun`,
    standalone: `#SBATCH --ntasks=${devices}\nlitmatter run --in-allocation`,
  }));
  const { asked, router } = openPage('/design?launcher=slurm', {
    ...slurmHub,
    'POST /api/plan': () => ({ body: { ...plan, scripts } }),
  });
  await userEvent.click(await screen.findByRole('button', { name: 'sbatch script' }));
  const sheet = await screen.findByRole('dialog', { name: 'Batch scripts' });
  expect(within(sheet).getByText(/--ntasks=4/).textContent).toBe(scripts[1]!.text);
  await userEvent.click(within(sheet).getByRole('button', { name: '1 device' }));
  await userEvent.click(within(sheet).getByRole('tab', { name: 'To hand in yourself' }));
  expect(within(sheet).getByText(/--ntasks=1/).textContent).toBe(scripts[0]!.standalone);
  expect(router.state.location.search).toMatchObject({ script: '1' });
  expect(asked.some((one) => one.route === 'POST /api/experiments')).toBe(false);
});
