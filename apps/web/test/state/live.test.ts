import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused } from '../../src/state/api.ts';
import { ExperimentFeed } from '../../src/state/live.ts';
import * as socket from '../../src/state/socket.ts';
import { epoch, snapshot, summary } from '../samples.ts';

/** As much of a socket as the feed uses; `answer` is what the hub replies to `watch`. */
class FakeSocket {
  connected = true;
  answer: unknown = { snapshot: snapshot() };
  readonly sent: unknown[] = [];
  readonly #handlers = new Map<string, () => void>();
  on(event: string, handler: () => void) {
    this.#handlers.set(event, handler);
  }
  off(event: string) {
    this.#handlers.delete(event);
  }
  emit(...message: unknown[]) {
    this.sent.push(message);
  }
  timeout() {
    return {
      emitWithAck: async (...message: unknown[]) => {
        this.sent.push(message);
        return this.answer;
      },
    };
  }
  reconnect() {
    this.#handlers.get('connect')?.();
  }
}

let fake: FakeSocket;
const told = (message: unknown) => {
  for (const reader of socket.updateReaders) reader(message);
};
const shown = (feed: ExperimentFeed) => vi.waitFor(() => expect(feed.get().data).toBeDefined());

beforeEach(() => {
  fake = new FakeSocket();
  vi.spyOn(socket, 'openSocket').mockResolvedValue(fake as unknown as socket.PageSocket);
});
afterEach(() => vi.restoreAllMocks());

test('a feed shows the snapshot, then what the hub adds to it', async () => {
  const feed = new ExperimentFeed('schnet-1');
  const stop = feed.subscribe(() => {});
  await shown(feed);
  told({ experiment: summary({ epochsDone: 10 }), runs: [], epochs: [epoch(0, 4)], cursor: 101 });
  await vi.waitFor(() => expect(feed.get().data?.runs[0]?.epochs.length).toBe(4));
  stop();
});

test('each new connection asks for the whole again', async () => {
  const feed = new ExperimentFeed('schnet-1');
  const stop = feed.subscribe(() => {});
  await shown(feed);
  fake.answer = { snapshot: snapshot({ cursor: 200, experiment: summary({ name: 'Renamed meanwhile' }) }) };
  fake.reconnect();
  await vi.waitFor(() => expect(feed.get().data?.experiment.name).toBe('Renamed meanwhile'));
  stop();
});

test('an older snapshot never takes the place of a newer one', async () => {
  const feed = new ExperimentFeed('schnet-1');
  const stop = feed.subscribe(() => {});
  await shown(feed);
  fake.answer = { snapshot: snapshot({ cursor: 50, experiment: summary({ name: 'Old' }) }) };
  fake.reconnect();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(feed.get().data?.experiment.name).toBe('SchNet on molecules');
  stop();
});

test('a message that is not what the protocol says changes nothing', async () => {
  const feed = new ExperimentFeed('schnet-1');
  const stop = feed.subscribe(() => {});
  await shown(feed);
  const before = feed.get().data;
  told({ experiment: summary(), runs: 'none', epochs: [], cursor: 102 });
  told(null);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(feed.get().data).toBe(before);
  stop();
});

test('an experiment that is not there is said so, as missing', async () => {
  fake.answer = { problem: { message: 'There is no experiment "schnet-1" on this hub.' } };
  const feed = new ExperimentFeed('schnet-1');
  const stop = feed.subscribe(() => {});
  await vi.waitFor(() => expect(feed.get().error).toBeInstanceOf(Refused));
  expect((feed.get().error as Refused).status).toBe(404);
  stop();
});

test('a feed that nobody reads stops watching', async () => {
  const feed = new ExperimentFeed('schnet-1');
  const stop = feed.subscribe(() => {});
  await shown(feed);
  stop();
  expect(fake.sent.at(-1)).toEqual(['unwatch', { experiment: 'schnet-1' }]);
  expect(socket.updateReaders.size).toBe(0);
});
