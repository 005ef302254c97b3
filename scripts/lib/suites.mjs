// The suites of `npm test`, in groups in the order they run: cheap and telling first.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bringDebian13, hasDebian13 } from './debian13.mjs';

const report = (name) => join(tmpdir(), `litmatter-test-${process.pid}-${name}.json`);

/** A check that counts as one test: its exit code is its result. */
const check = (name, command, args) => ({
  name,
  command,
  args,
  needs: [],
  count: (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }),
});

/** A vitest project, counted by a reporter of ours. `words` are vitest's own: paths to run, files to leave out. */
function vitest(name, projects, { needs = [], words = [], env } = {}) {
  const file = report(name);
  return {
    name,
    command: 'vitest',
    env: { ...env, LITMATTER_TEST_REPORT: file },
    args: [
      'run',
      ...words,
      ...projects.flatMap((p) => ['--project', p]),
      '--reporter=default',
      `--reporter=${fileURLToPath(new URL('vitest-report.mjs', import.meta.url))}`,
    ],
    needs,
    count: () => JSON.parse(readFileSync(file, 'utf8')),
  };
}

/** The names of a Playwright suite's tests, and of those inside it, that ended so: unexpected, flaky. */
const named = (status, { suites = [], specs = [] }) => [
  ...specs
    .filter(({ tests }) => tests.some((test) => test.status === status))
    .map(({ file, title }) => `e2e/${file}: ${title}`),
  ...suites.flatMap((suite) => named(status, suite)),
];

function playwright(name, needs, words = []) {
  const file = report(name);
  return {
    name,
    command: 'playwright',
    args: ['test', '--config', 'e2e/playwright.config.ts', ...words],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    needs,
    count() {
      const { stats, suites } = JSON.parse(readFileSync(file, 'utf8'));
      return {
        passed: stats.expected + stats.flaky,
        failed: stats.unexpected,
        skipped: stats.skipped,
        failures: named('unexpected', { suites }),
        secondTries: named('flaky', { suites }),
      };
    },
  };
}

const tensorflowTests = 'apps/agent/test/tensorflow';
const webgpuTests = 'apps/agent/test/webgpu';
const clusterTests = 'apps/agent/test/cluster';
const debian13Tests = 'apps/agent/test/debian13';
const mpichTests = `${clusterTests}/mpich.integration.test.ts`;

/** Where those tests install TensorFlow, and keep it; without it, tests that compute on it are skipped by name. */
const tensorflow = {
  LITMATTER_TENSORFLOW: fileURLToPath(
    new URL('../../node_modules/.cache/litmatter/tensorflow', import.meta.url),
  ),
};

/** What a suite needs of the machine beyond npm packages (programs, libraries), and the Debian packages that bring it. */
export const machineParts = {
  browser: {
    programs: ['chromium'],
    packages: ['chromium'],
    purpose: 'a real browser for the end-to-end tests',
  },
  mpi: {
    programs: ['mpirun', 'ip'],
    packages: ['openmpi-bin', 'iproute2'],
    purpose: 'a real Open MPI for ranks that are processes, and a network between two hosts of theirs',
  },
  mpich: {
    programs: ['mpirun.mpich'],
    packages: ['mpich'],
    purpose: 'a real MPICH, beside Open MPI',
  },
  slurm: {
    programs: ['sbatch', 'slurmctld', 'slurmd', 'munged'],
    packages: [
      ...['slurm-wlm', 'slurmctld', 'slurmd', 'slurm-client', 'slurm-wlm-basic-plugins'],
      // Debian 12's Slurm looks for PMIx by its name without a version.
      ...['munge', 'openmpi-bin', 'libpmix-dev'],
    ],
    purpose: 'a real Slurm, whose nodes are simulated on this machine',
  },
  vulkan: {
    programs: [],
    libraries: ['libvulkan.so.1'],
    packages: ['libvulkan1', 'mesa-vulkan-drivers'],
    purpose: 'a real Vulkan for WebGPU in Node',
  },
};

const integration = vitest('integration (real processes)', ['integration'], {
  words: [tensorflowTests, webgpuTests, clusterTests, debian13Tests].flatMap((folder) => [
    '--exclude',
    `${folder}/**`,
  ]),
});
const cluster = vitest('cluster (real Open MPI, real Slurm)', ['integration'], {
  words: [clusterTests, '--exclude', mpichTests],
  needs: ['mpi', 'slurm'],
});

/**
 * An extra: what Debian 12's packages cannot show, in a Debian 13 that is built for it in the cache. Where it cannot be
 * built (no root, no network, no debootstrap), or with CI=true nobody asks for it, the suite is skipped by name.
 */
const newer = vitest('cluster (Slurm 24.11, Open MPI 5)', ['integration'], { words: [debian13Tests] });
const debian13 = {
  ...newer,
  command: 'node',
  args: ['scripts/debian13.mjs', newer.command, ...newer.args],
  async extra() {
    if (process.env.CI === 'true' && process.env.LITMATTER_BUILD_DEBIAN13 === undefined && !hasDebian13()) {
      return 'with CI=true a Debian 13 is built only where LITMATTER_BUILD_DEBIAN13=1 asks for it (two minutes)';
    }
    return bringDebian13();
  },
};

/** One group after the other; those of a group run at once, since they wait more than they compute. */
export const suites = [
  [check('types: packages, agent, tests', 'tsc', ['--noEmit', '-p', 'tsconfig.json'])],
  [check('types: dashboard', 'tsc', ['--noEmit', '-p', 'apps/web/tsconfig.json'])],
  [check('lint', 'biome', ['check', '.'])],
  [
    vitest('dashboard components', ['web']),
    vitest('TensorFlow (really installed)', ['integration'], { words: [tensorflowTests] }),
    debian13,
  ],
  [vitest('unit and property', ['unit'], { env: tensorflow })],
  [cluster, integration],
  [playwright('browser (real Chromium, real hub, real ranks)', ['browser'], ['--grep-invert', '@slurm'])],
  [
    // After Chromium is there: it brings a software adapter that Dawn takes where Mesa's is too old.
    vitest('WebGPU in Node (really installed)', ['integration'], { words: [webgpuTests], needs: ['vulkan'] }),
    // After Open MPI is there: Debian's `mpirun` stays Open MPI's.
    vitest('cluster (real MPICH)', ['integration'], { words: [mpichTests], needs: ['mpich'] }),
  ],
  [playwright('browser and cluster (real Chromium, real Slurm)', ['browser', 'slurm'], ['--grep', '@slurm'])],
];
