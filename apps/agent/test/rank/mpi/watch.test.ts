import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { bootId } from '../../../src/launchers/job-files.ts';
import { type Loss, Watch } from '../../../src/rank/mpi/watch.ts';

const watches: Watch[] = [];
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.close()));
});

interface Watched {
  readonly watch: Watch;
  readonly lost: Promise<Loss>;
}

function watched(rank: number, size: number, silenceSeconds = 30): Watched {
  const { promise, resolve } = Promise.withResolvers<Loss>();
  const watch = new Watch({ rank, size, silenceSeconds, host: `n${rank}`, onLost: resolve });
  watches.push(watch);
  return { watch, lost: promise };
}

/** Rank 0 and the others, joined. */
async function ranks(size: number, silenceSeconds?: number): Promise<Watched[]> {
  const all = Array.from({ length: size }, (_, rank) => watched(rank, size, silenceSeconds));
  const address = await all[0]!.watch.listen();
  await Promise.all(all.slice(1).map(({ watch }) => watch.join(address)));
  for (let tries = 0; all[0]!.watch.missing().length > 0 && tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return all;
}

/** A peer that says hello and then whatever a test wants. */
async function stranger(
  watch: Watch,
  hello: (secret: string) => object,
): Promise<ReturnType<typeof connect>> {
  const { port, secret } = await watch.listen();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${JSON.stringify(hello(secret))}\n`);
  return socket;
}

describe('the watch', () => {
  it('knows at once when a peer is gone without a word', async () => {
    const { watch, lost } = watched(0, 2);
    const socket = await stranger(watch, (secret) => ({ rank: 1, secret, host: 'n1' }));
    setTimeout(() => socket.destroy(), 50);
    expect(await lost).toMatchObject({ rank: 1, host: 'n1', how: 'gone' });
  });

  it('knows by its silence that a peer is stopped, and says for how long', async () => {
    const { watch, lost } = watched(0, 2, 1);
    await stranger(watch, (secret) => ({ rank: 1, secret, host: 'n1' }));
    expect(await lost).toMatchObject({
      how: 'silent',
      sentence: expect.stringMatching(/^rank 1 on n1 did not answer for 1 s/),
    });
  });

  it('passes on why a rank fails', async () => {
    const [zero, , two] = await ranks(3);
    await two!.watch.close({ errorName: 'InputError', failed: 'There is no such model.' });
    expect(await zero!.lost).toEqual({
      rank: 2,
      host: 'n2',
      how: 'failed',
      sentence: 'There is no such model.',
      errorName: 'InputError',
    });
  });

  it('is not alarmed by those who say good-bye', async () => {
    const [zero, one, two] = await ranks(3, 1.5);
    await one!.watch.close();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await zero!.watch.close();
    const quiet = Symbol('nobody was lost');
    const after = new Promise((resolve) => setTimeout(() => resolve(quiet), 100));
    expect(await Promise.race([zero!.lost, two!.lost, after])).toBe(quiet);
  });

  it('names the ranks that have not come', async () => {
    const { watch } = watched(0, 4);
    const address = await watch.listen();
    const one = watched(2, 4);
    await one.watch.join(address);
    await expect.poll(() => watch.missing()).toEqual([1, 3]);
  });

  it.each<[string, (secret: string) => object]>([
    ['without the secret', () => ({ rank: 1, secret: 'x'.repeat(32), host: 'n1' })],
    ['as a rank there is not', (secret) => ({ rank: 9, secret, host: 'n1' })],
    ['with something else', (secret) => ({ rank: '1', secret })],
  ])('turns away who comes %s', async (_, hello) => {
    const { watch } = watched(0, 2);
    const socket = await stranger(watch, hello);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(watch.missing()).toEqual([1]);
  });

  it('says where it looked when rank 0 is not to be reached', async () => {
    const { watch } = watched(1, 2);
    const address = { hosts: ['127.0.0.1'], port: 9, secret: 'x'.repeat(32), name: 'n0', boot: '' };
    await expect(watch.join(address)).rejects.toThrow(/^rank 1 cannot reach rank 0 on n0 \(127\.0\.0\.1: /);
  });

  it('comes by another address where the loopback of the same machine is not rank 0’s', async () => {
    const heard = Promise.withResolvers<string>();
    const server = createServer((socket) => socket.once('data', (bytes) => heard.resolve(String(bytes))));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { watch } = watched(1, 2);
    const address = { hosts: ['127.0.0.2'], port, secret: 'x'.repeat(32), name: 'n0', boot: bootId() };
    await watch.join(address);
    expect(JSON.parse(await heard.promise)).toMatchObject({ rank: 1, secret: address.secret });
  });
});
