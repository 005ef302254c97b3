import type { HubToPage, PageToHub } from '@litmatter/protocol';
import type { Socket } from 'socket.io-client';
import { hubPath } from './base.ts';
import { signedOut } from './session.ts';
import { Store } from './store.ts';

export type PageSocket = Socket<HubToPage, PageToHub>;

export interface Link {
  readonly status: 'idle' | 'connecting' | 'open' | 'lost';
  /** Milliseconds since 1970, this browser's clock: when anything last came from the hub. */
  readonly heardAt: number | null;
}

/** Whether the hub is heard; the shell of every page shows it. */
export const link = new Store<Link>({ status: 'idle', heardAt: null });

/**
 * Who hears of the hub's messages. The socket itself acknowledges each one, whether or not a view still wants it: the
 * hub sends the next only after that, so one left unacknowledged would silence the connection.
 */
export const updateReaders = new Set<(message: unknown) => void>();
export const listReaders = new Set<(message: unknown) => void>();

let opening: Promise<PageSocket> | undefined;
let heardAt: number | null = null;

/** The page's one socket, opened when the first asks for it; it reconnects by itself for ever. */
export function openSocket(): Promise<PageSocket> {
  opening ??= connect();
  return opening;
}

/** Something came from the hub, by whatever way. */
export function noteHeard(): void {
  heardAt = Date.now();
}

/** When anything last came from the hub; read it once a second rather than follow every packet. */
export function lastHeard(): number | null {
  return heardAt;
}

async function connect(): Promise<PageSocket> {
  link.set({ status: 'connecting', heardAt: null });
  const { Manager } = await import('socket.io-client');
  const manager = new Manager(location.origin, {
    path: hubPath('/socket.io/'),
    reconnectionDelay: 1_000,
    reconnectionDelayMax: 30_000,
    randomizationFactor: 0.5,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
  });
  const socket: PageSocket = manager.socket('/pages');
  manager.on('open', () => {
    noteHeard();
    manager.engine.on('packet', noteHeard);
  });
  socket.on('connect', () => {
    noteHeard();
    link.set({ status: 'open', heardAt });
  });
  socket.on('update', (message: unknown, received) => {
    for (const reader of updateReaders) reader(message);
    received();
  });
  socket.on('experiments', (message: unknown, received) => {
    for (const reader of listReaders) reader(message);
    received();
  });
  socket.on('disconnect', (reason) => {
    // A line that closes was open until now; one that fell silent was not heard.
    if (reason !== 'ping timeout') noteHeard();
    link.set({ status: 'lost', heardAt });
  });
  manager.on('reconnect_error', () => link.set({ status: 'lost', heardAt }));
  manager.on('error', () => link.set({ status: 'lost', heardAt }));
  socket.on('connect_error', (error) => {
    // Refused by the hub's guard: trying again by itself would not help, and socket.io does not.
    if (!socket.active) {
      if (/token/i.test(error.message)) signedOut.set(true);
    }
    link.set({ status: 'lost', heardAt });
  });
  return socket;
}
