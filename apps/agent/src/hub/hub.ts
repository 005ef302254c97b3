import { once } from 'node:events';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { type ExperimentSpec, type ExperimentSummary, InputError, type Plan } from '@litmatter/protocol';
import type { Server } from 'socket.io';
import { loadRegistry } from '../config.ts';
import { attemptFolder, checkpointFolder, datasetFolder, webRoot } from '../folders.ts';
import type { RankJob } from '../job.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { builtInLaunchers } from '../launchers/registry.ts';
import { version } from '../version.ts';
import type { Gate, GuardedRoute } from './guard.ts';
import { buildHandlers } from './handlers.ts';
import { lockFolder, writeHubFile } from './lock.ts';
import { openLog } from './log.ts';
import { servePages } from './pages.ts';
import { serveRanks } from './ranks.ts';
import { Scheduler } from './scheduler.ts';
import { allocationOf } from './scripts.ts';
import { buildServer, stripBasePath } from './server.ts';
import { buildServices } from './services.ts';
import { openSockets } from './sockets.ts';
import { Store } from './store.ts';
import { loadToken } from './token.ts';

export interface HubOptions {
  /** Folder of everything the hub keeps; made where absent. */
  readonly dataFolder: string;
  /** 127.0.0.1 where not named: nobody but this machine's users can reach it. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port?: number;
  /** Where a proxy puts the hub: '/node/host/8787/'. */
  readonly basePath?: string;
  readonly tokenFile?: string;
  /** Log to the terminal's stderr as well as to `hub.log`. */
  readonly verbose?: boolean;
  /** Folder of the built dashboard, where it is another than this clone's. */
  readonly webRoot?: string;
  /** Folder of downloaded and cached data sets, where several data folders share one. */
  readonly datasetFolder?: string;
  /** Absolute path of a litmatter.config.ts. */
  readonly config?: string | null;
  /** Other launchers than the built-in ones, in tests. */
  readonly launchers?: readonly Launcher[];
}

export interface Hub {
  /** "http://127.0.0.1:8787/", base path included. */
  readonly url: string;
  /** The same with `?token=`: what a person opens. */
  readonly address: string;
  readonly port: number;
  readonly token: string;
  readonly tokenFile: string;
  readonly dataFolder: string;
  readonly store: Store;
  readonly scheduler: Scheduler;
  /** Check a spec against what this hub has, store it and queue its runs. @throws InputError */
  submit(spec: ExperimentSpec, id?: string): Promise<ExperimentSummary>;
  plan(spec: ExperimentSpec, options: { calibrate: boolean }): Promise<Plan>;
  /** Every HTTP route with its policy, and the sockets: for those who check them. */
  readonly routes: readonly GuardedRoute[];
  readonly sockets: Server;
  /** Stop listening. Runs go on: their ranks keep what they measure and the next hub collects it. */
  close(): Promise<void>;
}

/**
 * Start a hub: page, API, sockets, store and scheduler in this process.
 *
 * @throws InputError where the port is in use, the folder is another hub's, or an option is not usable
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  const dataFolder = resolve(options.dataFolder);
  const host = options.host ?? '127.0.0.1';
  const basePath = checkBasePath(options.basePath ?? '/');
  const token = loadToken(dataFolder, options.tokenFile);
  const datasets = options.datasetFolder ?? datasetFolder(dataFolder);
  const registry = await loadRegistry(options.config ?? null);
  const launchers = options.launchers ?? builtInLaunchers(registry.site);
  const lock = lockFolder(dataFolder);
  const log = openLog(dataFolder, { terminal: options.verbose ?? false });
  const onFault = (error: unknown) => log.error({ err: error }, 'a message failed');
  const store = new Store(join(dataFolder, 'hub.sqlite'));
  const gate: Gate & { cookieName: string } = { token: token.value, cookieName: 'litmatter', basePath };
  let scheduler: Scheduler | undefined;
  try {
    const services = buildServices({
      dataFolder,
      datasetFolder: datasets,
      registry,
      store,
      launchers,
      scheduler: () => scheduler!,
    });
    const { app, http, routes } = await buildServer({
      gate,
      handlers: buildHandlers(services),
      webRoot: options.webRoot ?? webRoot,
      log,
      version,
    });
    const sockets = openSockets(http, gate);
    const ranks = serveRanks(sockets.ranks, store, onFault);
    servePages(sockets.pages, store, onFault);
    stripBasePath(http, basePath);

    const port = await listen(http, host, options.port ?? 8787);
    gate.cookieName = `litmatter-${port}`;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`;
    writeHubFile(dataFolder, { url, pid: process.pid, host: hostname() });
    log.info({ url, version }, 'the hub listens');

    const hub = { url: reachable(url), tokenFile: token.file };
    scheduler = new Scheduler({
      store,
      launchers,
      ranks,
      log,
      jobOf: ({ run, attempt, spec, resume, last }) => ({
        ...sharedBy(run, store, dataFolder),
        ...(resume && { resume }),
        ...(last && { last }),
        checkpoints: checkpointFolder(dataFolder, run),
        run,
        attempt,
        spec,
        folder: attemptFolder(dataFolder, run, attempt),
        dataFolder: datasets,
        config: registry.file,
        hub,
      }),
    });
    await scheduler.start();
    let closing: Promise<void> | undefined;
    const close = async () => {
      scheduler?.close();
      await Promise.all([services.downloads.close(), services.imports.close()]);
      await sockets.close();
      http.closeAllConnections();
      await app.close();
      store.close();
      lock.release();
      log.flush();
    };
    return {
      url,
      address: `${url}?token=${token.value}`,
      port,
      token: token.value,
      tokenFile: token.file,
      dataFolder,
      store,
      scheduler,
      submit: services.submit,
      plan: services.plan,
      routes,
      sockets: sockets.server,
      close: () => {
        closing ??= close();
        return closing;
      },
    };
  } catch (error) {
    store.close();
    lock.release();
    throw error;
  }
}

/** What a job is told of the allocation that its experiment's runs share, where they do. */
function sharedBy(run: string, store: Store, dataFolder: string): Pick<RankJob, 'allocation'> {
  const experiment = store.run(run)?.experiment;
  const spec = experiment === undefined ? undefined : store.spec(experiment);
  const allocation = spec && allocationOf(spec, experiment!, dataFolder);
  return allocation ? { allocation } : {};
}

/** The hub's address for ranks of this machine: a wildcard is not one. */
function reachable(url: string): string {
  const address = new URL(url);
  if (address.hostname === '0.0.0.0') address.hostname = '127.0.0.1';
  if (address.hostname === '[::]') address.hostname = '[::1]';
  return address.href;
}

async function listen(http: import('node:http').Server, host: string, port: number): Promise<number> {
  http.listen(port, host);
  try {
    await once(http, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new InputError(
        `Port ${port} on ${host} is in use: stop what listens there or choose another with --port.`,
      );
    }
    if (code === 'EACCES')
      throw new InputError(`Port ${port} is not allowed to this user: choose one above 1023 with --port.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new InputError(`This machine has no address ${host}: choose another with --host.`);
    }
    throw error;
  }
  const address = http.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

const basePathShape = /^\/(?:[A-Za-z0-9._~-]+\/)*$/;

function checkBasePath(path: string): string {
  const whole = path.endsWith('/') ? path : `${path}/`;
  if (!basePathShape.test(whole) || whole.split('/').some((part) => part === '.' || part === '..')) {
    throw new InputError(
      `The base path ${JSON.stringify(path)} must start with "/" and hold letters, digits, ".", "_", "~", "-" and "/" only, like /node/host/8787/.`,
    );
  }
  return whole;
}
