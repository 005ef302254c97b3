#!/usr/bin/env node
// The program needs Node >= 24 (TypeScript run directly, node:sqlite). Where the
// machine's own Node is older, hand over to the one the project pins.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const [major] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  await import(main);
} else {
  const root = createRequire(new URL('../../../package.json', import.meta.url));
  let node;
  try {
    node = root.resolve('node/bin/node');
  } catch {
    console.error(
      'litmatter needs Node 24 and this project has not been installed yet: run `npm start` or `npm test` once in the clone.',
    );
    process.exit(3);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
