import { defineConfig } from 'vitest/config';

/** Real processes on a busy machine may need another try, where nobody waits for the answer; `npm test` names those. */
const inCi = process.env.CI === 'true';

/**
 * Three suites: `unit` (packages and agent, in Node), `web` (components, in jsdom) and
 * `integration` (real processes and sockets; files named *.integration.test.ts).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['scripts/lib/property-tests.mjs'],
          include: [
            'packages/*/test/**/*.test.ts',
            'apps/agent/test/**/*.test.ts',
            'scripts/test/**/*.test.ts',
          ],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
          testTimeout: 60_000,
        },
      },
      {
        extends: './apps/web/vite.config.ts',
        test: {
          name: 'web',
          root: 'apps/web',
          setupFiles: ['../../scripts/lib/property-tests.mjs'],
          include: ['test/**/*.test.{ts,tsx}'],
          environment: 'jsdom',
          testTimeout: 30_000,
          retry: inCi ? 1 : 0,
        },
      },
      {
        test: {
          name: 'integration',
          setupFiles: ['scripts/lib/property-tests.mjs'],
          include: ['apps/agent/test/**/*.integration.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          retry: inCi ? 2 : 0,
        },
      },
    ],
  },
});
