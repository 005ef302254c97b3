import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type HelloAnswer,
  type HubToRank,
  type RankToHub,
  type RunEvent,
  reportMessage,
} from '@litmatter/protocol';
import { Server } from 'socket.io';

/** What a test wants the hub to do wrong. Each returns true to do it. */
export interface Faults {
  /** Store the events and say nothing. */
  loseAcknowledgement?: () => boolean;
  /** Cut the connection before storing. */
  cutBeforeStore?: () => boolean;
  /** Cut the connection after storing, before the answer. */
  cutAfterStore?: () => boolean;
  /** Answer that the run is not known. */
  refuse?: () => boolean;
  /** Answer something that is not an answer. */
  talkNonsense?: () => boolean;
  cancelled?: boolean;
}

export interface TestHub {
  readonly url: string;
  readonly port: number;
  readonly server: Server<RankToHub, HubToRank>;
  readonly heartbeats: () => number;
  readonly hellos: () => number;
  close(): Promise<void>;
}

/** A hub as the protocol says, which keeps what it is sent in `stored` as (run, attempt, seq) -> event. */
export async function startHub(
  stored: Map<string, RunEvent>,
  { port = 0, token = 'secret', faults = {} as Faults, path = '' } = {},
): Promise<TestHub> {
  const http = createServer();
  const server = new Server<RankToHub, HubToRank>(http, { path: `${path}/socket.io`, serveClient: false });
  let heartbeats = 0;
  let hellos = 0;
  const ranks = server.of('/ranks');
  ranks.use((socket, next) => {
    next(socket.handshake.auth.token === token ? undefined : new Error('the token is not the right one'));
  });
  ranks.on('connection', (socket) => {
    const committed = (run: string, attempt: number) => {
      let seq = -1;
      while (stored.has(`${run}/${attempt}/${seq + 1}`)) seq++;
      return seq;
    };
    socket.on('hello', ({ run, attempt }, answer) => {
      hellos++;
      const reply: HelloAnswer = { committed: committed(run, attempt), cancelled: faults.cancelled ?? false };
      answer(reply);
    });
    socket.on('report', (message, answer) => {
      const { events } = reportMessage.parse(message);
      if (faults.refuse?.()) return answer({ problem: { message: 'The run a-run has been deleted.' } });
      if (faults.talkNonsense?.()) return answer({ committed: 'all of them' } as never);
      if (faults.cutBeforeStore?.()) return void socket.disconnect(true);
      for (const event of events) {
        const key = `${event.run}/${event.attempt}/${event.seq}`;
        if (!stored.has(key)) stored.set(key, event);
      }
      if (faults.cutAfterStore?.()) return void socket.disconnect(true);
      if (faults.loseAcknowledgement?.()) return;
      answer({ committed: committed(events[0].run, events[0].attempt) });
    });
    socket.on('heartbeat', () => heartbeats++);
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const address = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}${path}/`,
    port: address.port,
    server,
    heartbeats: () => heartbeats,
    hellos: () => hellos,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}
