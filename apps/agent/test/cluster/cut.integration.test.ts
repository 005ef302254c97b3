import { existsSync } from 'node:fs';
import { siteConfig } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { mpirunLauncher } from '../../src/launchers/mpirun.ts';
import { until } from '../programs.ts';
import { endOf, epochsOf, logOf, makeJob, spoolOf, untilEpochs } from './jobs.ts';
import { lacksHosts, startHosts } from './two-hosts.ts';

/** What Slurm's simulated nodes, which share a network, cannot show. */

describe.skipIf(lacksHosts() !== undefined)('ranks on two hosts', () => {
  it('exchange over the network between them, and end within 10 s of its being cut, with the rank and host that are gone', async () => {
    const { program, hostsFile, words, names, cut } = startHosts();
    const site = siteConfig.parse({ mpirun: { program, hostsFile, words } }).mpirun;
    const job = makeJob({ devices: 2, epochs: 10_000, limit: 60, launcher: { name: 'mpirun' } });
    const launched = await mpirunLauncher({ site }).launch(job);
    const early = launched.ended.then((end) => {
      throw new Error(`it ended at once: ${JSON.stringify(end)}\n${logOf(job)}`);
    });
    await Promise.race([early, untilEpochs(job, 2)]);
    early.catch(() => {});
    const [started] = spoolOf(job);
    expect(started?.type === 'started' && started.ranks.map(({ host }) => host)).toEqual(names);

    // The folder's name is meant for a shell to trip over, and one of the other host's has started the rank there.
    expect(existsSync('pwned')).toBe(false);

    cut();
    const began = Date.now();
    const end = await until(
      () => endOf(job),
      (said) => said !== undefined,
      12,
    );
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(end).toMatchObject({
      state: 'failed',
      resumable: true,
      reason: expect.stringMatching(
        new RegExp(`^rank 1 on ${names[1]} did not answer for 5 s: .*host cannot be reached`),
      ),
    });
    expect(epochsOf(job).length).toBeGreaterThanOrEqual(2);
    // mpirun waits for a host that it cannot reach: a hub makes it go.
    await launched.cancel(0);
    await launched.ended;
  });
});
