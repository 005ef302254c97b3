/// <reference types="vitest/config" />
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
 * serves it (`<base href>`). Pages, charts and sockets are loaded by `import()` where they are needed (router.tsx), and the
 * bundler cuts the chunks along those lines: grouping packages by hand drew the chart library into the first route, or
 * broke the order in which its parts start.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  resolve: { alias: { '@tensorflow/tfjs-backend-wasm/dist': wasmFiles } },
  // Modules, so that the worker loads the backend it starts and no other.
  worker: { format: 'es' },
  build: { target: 'es2024' },
  test: { setupFiles: ['./test/setup.ts'] },
  server: { proxy: { '/api': hub, '/socket.io': { target: hub, ws: true } } },
});
