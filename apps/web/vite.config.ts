import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `litmatter serve` listens while the page is developed with hot reload: `LITMATTER_HUB=... vite apps/web`. */
const hub = process.env.LITMATTER_HUB ?? 'http://127.0.0.1:8787';

/** Where the package that starts the wasm backend has its .wasm files: the worker asks for their addresses. */
const wasmFiles = dirname(
  createRequire(new URL('../../packages/models/package.json', import.meta.url)).resolve(
    '@tensorflow/tfjs-backend-wasm',
  ),
);

/**
 * The dashboard. Addresses in the build are relative, because the hub says under which path it is served only when it
 * serves it (`<base href>`). Pages are separate chunks (src/app/pages.ts); charts and sockets come with the page that
 * needs them, so that the first route stays under 200 kB of gzipped JavaScript.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  resolve: { alias: { '@tensorflow/tfjs-backend-wasm/dist': wasmFiles } },
  // Modules, so that the worker loads the backend it starts and no other.
  worker: { format: 'es' },
  build: {
    target: 'es2024',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What a chart library shares with the shell (clsx and the like) must not draw the library into the first route.
          includeDependenciesRecursively: false,
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 2 },
            {
              name: 'charts',
              test: /node_modules\/(recharts|d3-|victory-vendor|@reduxjs|immer|redux|react-redux|reselect|es-toolkit|decimal)/,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': hub, '/socket.io': { target: hub, ws: true } } },
});
