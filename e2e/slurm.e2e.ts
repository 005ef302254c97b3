import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { lacksSlurm, type SimulatedSlurm, startSlurm } from '../apps/agent/test/cluster/simulated-slurm.ts';
import { snapshot } from './support/api.ts';
import { Hub } from './support/hub.ts';

/** From the browser to a real Slurm of four nodes and back. */

const lacking = lacksSlurm();
let slurm: SimulatedSlurm;
let hub: Hub;

const jobs = () => slurm.ask('squeue', '--noheader', '--format=%j').split('\n').filter(Boolean);
const runTable = (page: Page) => page.getByRole('region', { name: /^\d+ runs?$/ }).getByRole('table');
const idIn = (page: Page) => /experiments\/([^/?]+)/.exec(page.url())![1]!;

test.describe('under Slurm @slurm', () => {
  // With CI=true what is lacking is a failure, and says so as it starts.
  test.skip(lacking !== undefined && process.env.CI !== 'true', lacking);
  test.beforeAll(async () => {
    slurm = await startSlurm();
    hub = new Hub({ env: slurm.env, words: ['--config', join(slurm.folder, 'litmatter.config.ts')] });
    // One rank a node, so that the nodes are used.
    writeFileSync(
      join(slurm.folder, 'litmatter.config.ts'),
      `export default { site: { slurm: { gpus: true, directives: ['--ntasks-per-node=1'] } } };\n`,
    );
    await hub.start();
  });
  test.afterAll(async () => {
    await hub?.stop();
    hub?.remove();
    await slurm?.stop();
  });

  test('an experiment of four nodes is designed, read as a script, launched and measured', async ({
    page,
  }) => {
    await page.goto(hub.address);
    await page.getByRole('link', { name: 'Design the first experiment' }).click();
    await page.getByRole('textbox', { name: 'Molecules at most' }).fill('60');
    await page.getByRole('textbox', { name: 'Epochs' }).fill('3');
    await page.getByRole('textbox', { name: 'Batch per device' }).fill('8');
    await page.getByRole('radio', { name: /^Slurm/ }).check();
    await page.getByRole('textbox', { name: 'Device counts' }).fill('1, 4');

    await page.getByRole('textbox', { name: 'Time limit' }).fill('soon');
    await expect(page.getByText(/^Time limit must be a time as sbatch takes it/).first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Time limit' }).fill('0:30:00');
    await page.getByRole('textbox', { name: 'Partition' }).fill('gpu');
    await expect(
      page.getByText(/“gpu” is not one of this cluster’s: choose main, urgent/).first(),
    ).toBeVisible();
    await page.getByRole('textbox', { name: 'Partition' }).fill('main');

    await page.getByRole('button', { name: 'sbatch script' }).click();
    const sheet = page.getByRole('dialog', { name: 'Batch scripts' });
    await expect(sheet.getByText(/#SBATCH --ntasks=4\n#SBATCH --gpus-per-task=1/)).toBeVisible();
    await expect(sheet.getByText(/#SBATCH --partition=main\n#SBATCH --time=0:30:00/)).toBeVisible();
    await sheet.getByRole('tab', { name: 'To hand in yourself' }).click();
    await expect(sheet.getByText(/--in-allocation/)).toBeVisible();
    await sheet.getByRole('button', { name: 'Close' }).click();
    expect(jobs()).toEqual([]);

    await page.getByRole('button', { name: 'Launch 2 runs' }).click();
    await expect(runTable(page).getByText('3 of 3')).toHaveCount(2, { timeout: 90_000 });
    await expect(runTable(page).getByText('Succeeded')).toHaveCount(2);
    const { runs } = await snapshot(hub, idIn(page));
    expect(runs[1]!.started?.ranks.map(({ host }) => host)).toEqual(slurm.nodes);
    expect(runs[1]!.started?.collective).toBe('mpi');
  });

  test('a run goes on while its hub is dead, loses no epoch, and is cancelled from its page', async ({
    page,
  }) => {
    await page.goto(hub.address);
    await expect(page).not.toHaveURL(/token/);
    const design = 'limit=60&epochs=9000&batch=8&launcher=slurm&devices=4';
    await page.goto(new URL(`design?${design}`, hub.address).href);
    await page.getByRole('button', { name: 'Launch 1 run' }).click();
    await expect(page).toHaveURL(/experiments\/[a-z0-9]/);
    const id = idIn(page);
    const epochs = async () => (await snapshot(hub, id)).epochs.map(({ epoch }) => epoch);
    await expect(runTable(page).getByText(/[1-9]\d* of 9,?000/)).toBeVisible({ timeout: 60_000 });

    await hub.stop('SIGKILL');
    await expect(page.getByText(/reconnecting, last heard/i).first()).toBeVisible();
    await hub.start();
    const told = (await epochs()).length;
    await expect.poll(async () => (await epochs()).length, { timeout: 60_000 }).toBeGreaterThan(told);
    expect(jobs()).toHaveLength(1);

    await expect(page.getByText(/reconnecting/i)).toHaveCount(0, { timeout: 40_000 });
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: /^Cancel (?:the|every) run$/ }).click();
    await expect(runTable(page).getByText('Cancelled')).toHaveCount(1, { timeout: 60_000 });
    await expect.poll(jobs, { timeout: 30_000 }).toEqual([]);
    const kept = await epochs();
    expect(kept).toEqual(kept.map((_, index) => index + 1));
    expect((await snapshot(hub, id)).runs[0]!.attempt).toBe(1);
  });
});
