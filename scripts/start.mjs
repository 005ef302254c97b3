// `npm start`: install, build, start the hub. Arguments after `--` go to `litmatter serve`.
import { ensureBuilt, ensureInstalled, run } from './lib/setup.mjs';

await ensureInstalled();
await ensureBuilt();
// The terminal's Ctrl-C reaches the hub too: let it end first and pass its code on.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
process.exit(await run('node', ['apps/agent/src/cli/main.ts', 'serve', ...process.argv.slice(2)]));
