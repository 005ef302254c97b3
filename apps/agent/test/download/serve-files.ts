import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A real server on this machine for the files of a data set, until the test ends; its address, or a folder there to download from. */
export async function serveFiles(listener: RequestListener, folder = ''): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${folder}`;
}
