import {
  type HelloAnswer,
  helloMessage,
  InputError,
  type ReportAnswer,
  reportMessage,
} from '@litmatter/protocol';
import { answering, type RankSocket, type Sockets } from './sockets.ts';
import type { Store } from './store.ts';

export interface Ranks {
  /** Whether rank 0 of an attempt is connected now. */
  connected(run: string, attempt: number): boolean;
  /** Ask rank 0 of an attempt to stop, where it is connected. */
  cancel(run: string, attempt: number): void;
}

const key = (run: string, attempt: number) => `${run}#${attempt}`;

/** `/ranks`: rank 0 of each attempt says hello, reports its events and beats. Commit first, then acknowledge. */
export function serveRanks(
  namespace: Sockets['ranks'],
  store: Store,
  onFault: (error: unknown) => void,
): Ranks {
  const sockets = new Map<string, RankSocket>();

  namespace.on('connection', (socket) => {
    let speaker: { run: string; attempt: number } | undefined;

    const hello = (run: string, attempt: number): HelloAnswer => {
      const committed = store.committed(run, attempt);
      if (committed === undefined) {
        throw new InputError(`This hub knows no attempt ${attempt} of a run "${run}".`);
      }
      speaker = { run, attempt };
      sockets.set(key(run, attempt), socket);
      store.heard(run, attempt);
      return { committed, cancelled: store.cancelRequested(run, attempt) };
    };

    socket.on(
      'hello',
      answering(helloMessage, 'hello', ({ run, attempt }) => hello(run, attempt), onFault),
    );
    socket.on(
      'report',
      answering(
        reportMessage,
        'report',
        ({ events }): ReportAnswer => {
          if (speaker === undefined) throw new InputError('Say hello before reporting.');
          const { run, attempt } = speaker;
          if (events.some((event) => event.run !== run || event.attempt !== attempt)) {
            throw new InputError(`A report of ${run}, attempt ${attempt}, must hold its own events only.`);
          }
          const committed = store.append(run, attempt, events);
          if (committed === undefined) throw new InputError(`The run ${run} has been deleted.`);
          return { committed };
        },
        onFault,
      ),
    );
    socket.on('heartbeat', () => {
      if (speaker !== undefined) store.heard(speaker.run, speaker.attempt);
    });
    socket.on('disconnect', () => {
      if (speaker === undefined) return;
      const name = key(speaker.run, speaker.attempt);
      if (sockets.get(name) === socket) sockets.delete(name);
    });
  });

  return {
    connected: (run, attempt) => sockets.has(key(run, attempt)),
    cancel: (run, attempt) => sockets.get(key(run, attempt))?.emit('cancel'),
  };
}
