import { Command } from 'commander';
import { configFile } from '../config.ts';
import { defaultDataFolder } from '../folders.ts';
import { startHub } from '../hub/hub.ts';
import { portNumber } from './options.ts';

interface ServeFlags {
  host: string;
  port: number;
  data?: string;
  basePath: string;
  tokenFile?: string;
  config?: string;
  verbose?: boolean;
}

/** Whether only this machine can reach an address. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** `litmatter serve`: the hub, until it is interrupted. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('start the hub: dashboard, API and scheduler')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 for any free one', portNumber, 8787)
    .option('--data <folder>', 'data folder (default: $LITMATTER_DATA, else .litmatter in this project)')
    .option('--base-path <path>', 'path a proxy serves the hub under', '/')
    .option('--token-file <file>', 'file that holds the token (default: made once in the data folder)')
    .option('--config <file>', 'a litmatter.config.ts (default: the nearest one upward)')
    .option('--verbose', "show the hub's log on stderr")
    .action(async (flags: ServeFlags) => {
      const interrupted = untilInterrupted();
      const hub = await startHub({
        host: flags.host,
        port: flags.port,
        dataFolder: flags.data ?? defaultDataFolder(),
        basePath: flags.basePath,
        ...(flags.tokenFile !== undefined && { tokenFile: flags.tokenFile }),
        config: configFile(flags.config),
        verbose: flags.verbose ?? false,
      });
      if (!isLoopback(flags.host)) {
        process.stderr.write(
          `Warning: the hub listens on ${flags.host}, so others on the network can reach it, and its token crosses the network unencrypted. Prefer 127.0.0.1 with "ssh -L".\n`,
        );
      }
      process.stdout.write(`LitMatter is at ${hub.address}\n`);
      await interrupted;
      await hub.close();
    });
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
