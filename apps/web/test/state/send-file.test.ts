import { expect, test, vi } from 'vitest';
import { sendFile } from '../../src/state/send-file.ts';

/** What of XMLHttpRequest is used, answered by the test. */
class Request {
  static last: Request;
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  status = 0;
  responseText = '';
  asked: unknown[] = [];
  aborted = false;
  constructor() {
    Request.last = this;
  }
  open(...words: unknown[]): void {
    this.asked.push(...words);
  }
  setRequestHeader(name: string, value: string): void {
    this.asked.push(`${name}: ${value}`);
  }
  send(body: unknown): void {
    this.asked.push(body);
  }
  abort(): void {
    this.aborted = true;
    this.onabort?.();
  }
  answer(status: number, text: string): void {
    this.status = status;
    this.responseText = text;
    this.onload?.();
    this.onloadend?.();
  }
}

function start() {
  vi.stubGlobal('XMLHttpRequest', Request);
  const [file, stop, sent] = [new Blob(['abc']), new AbortController(), [] as number[]];
  const done = sendFile('/api/x', file, (bytes) => sent.push(bytes), stop.signal);
  return { file, stop, sent, done, request: Request.last };
}

test('a file goes as it is, and what has left is told', async () => {
  const { file, sent, done, request } = start();
  expect(request.asked).toEqual(['PUT', '/api/x', 'content-type: application/octet-stream', file]);
  request.upload.onprogress!({ loaded: 2 });
  request.answer(200, '{}');
  await done;
  expect(sent).toEqual([2]);
});

test('a refusal is the hub’s sentence, a broken line and an abort are told apart', async () => {
  const refused = start();
  refused.request.answer(400, '{"message":"It is too large."}');
  await expect(refused.done).rejects.toMatchObject({ name: 'Refused', message: 'It is too large.' });
  const silent = start();
  silent.request.answer(502, '<html>');
  await expect(silent.done).rejects.toThrow('The hub refused the file and gave no reason.');
  const broken = start();
  broken.request.onerror!();
  await expect(broken.done).rejects.toMatchObject({ name: 'Unreachable' });
  const stopped = start();
  stopped.stop.abort(new Error('enough'));
  await expect(stopped.done).rejects.toThrow('enough');
  expect(stopped.request.aborted).toBe(true);
});
