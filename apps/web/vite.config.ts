/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `litmatter serve` listens while the page is developed with hot reload: `LITMATTER_HUB=... vite apps/web`. */
const hub = process.env.LITMATTER_HUB ?? 'http://127.0.0.1:8787';

/**
 * The dashboard. Addresses in the build are relative, because the hub says under which path it is served only when it
 * serves it (`<base href>`). Pages are separate chunks (src/app/pages.ts); charts and sockets come with the page that
 * needs them, so that the first route stays under 200 kB of gzipped JavaScript.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    target: 'es2024',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What a chart library shares with the shell (clsx and the like) must not draw the library into the first route.
          includeDependenciesRecursively: false,
          groups: [
            {
              name: 'react',
              // And the small things that both the shell and the chart library stand on.
              test: /node_modules\/(react|react-dom|scheduler|clsx|use-sync-external-store)\//,
              priority: 2,
            },
            {
              name: 'charts',
              // All of recharts' own: what is left out lands in a chunk of ours, and the two then import each other.
              test: /node_modules\/(recharts|d3-|internmap|victory-vendor|@reduxjs|immer|redux|react-redux|reselect|es-toolkit|decimal|eventemitter3|tiny-invariant|react-is)/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  test: { setupFiles: ['./test/setup.ts'] },
  server: { proxy: { '/api': hub, '/socket.io': { target: hub, ws: true } } },
});
