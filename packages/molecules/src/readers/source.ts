import { InputError } from '@litmatter/protocol';

/**
 * A file to read: its name for messages, and its bytes as they come, as often as they are asked for. Gzip is recognised
 * and undone by the readers.
 */
export interface Source {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* drained(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A source from text, bytes, or a browser's File. */
export function sourceOf(name: string, data: string | Uint8Array | Blob): Source {
  const bytes = (): AsyncGenerator<Uint8Array> => {
    if (typeof data === 'string') return once(new TextEncoder().encode(data));
    return data instanceof Uint8Array ? once(data) : drained(data.stream());
  };
  return { name, bytes: { [Symbol.asyncIterator]: bytes } };
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function* gunzipped(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unzip = new DecompressionStream('gzip');
  const writer = unzip.writable.getWriter();
  const fed = (async () => {
    for await (const chunk of bytes) await writer.write(chunk as Uint8Array<ArrayBuffer>);
    await writer.close();
  })();
  // A broken archive fails both ends; the reading end is the one that is awaited and reported.
  fed.catch((error: unknown) => writer.abort(error).catch(() => undefined));
  try {
    yield* drained(unzip.readable);
  } catch (error) {
    const why = error instanceof Error ? ` (${error.message})` : '';
    throw new InputError(
      `${name} is cut short or damaged: its gzip data cannot be unpacked${why}. Get it again.`,
    );
  }
  await fed;
}

/** The bytes of a source, unpacked where it is gzip. Stop early and the source is let go. */
export async function* plainBytes(source: Source): AsyncGenerator<Uint8Array> {
  const iterator = source.bytes[Symbol.asyncIterator]();
  async function* all(head: Uint8Array, ended: boolean): AsyncGenerator<Uint8Array> {
    yield head;
    if (!ended) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  try {
    // The two bytes that tell gzip may come in two chunks.
    let head = new Uint8Array(0);
    let ended = false;
    while (head.length < 2 && !ended) {
      const { done, value } = await iterator.next();
      if (done) ended = true;
      else {
        const joined = new Uint8Array(head.length + value.length);
        joined.set(head);
        joined.set(value, head.length);
        head = joined;
      }
    }
    const bytes = all(head, ended);
    yield* isGzip(head) ? gunzipped(source.name, bytes) : bytes;
  } finally {
    await iterator.return?.();
  }
}

/**
 * Call `line(text, number)` for every line (numbered from 1), without its end of line. Where it returns false, the rest
 * of the file is not read.
 */
export async function eachLine(
  source: Source,
  // biome-ignore lint/suspicious/noConfusingVoidType: most callers read to the end and return nothing
  line: (text: string, number: number) => boolean | void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  let number = 0;
  const push = (text: string) => line(text.endsWith('\r') ? text.slice(0, -1) : text, ++number) === false;
  for await (const bytes of plainBytes(source)) {
    const text = rest + decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      if (push(text.slice(from, to))) return;
      from = to + 1;
    }
    rest = text.slice(from);
    if (rest.length > 1_000_000) {
      throw new InputError(
        `${source.name}, line ${number + 1} is over a million characters long. This is not the text file it should be.`,
      );
    }
  }
  rest += decoder.decode();
  if (rest !== '') push(rest);
}

/** The longest text that is read whole: an engine's strings have an end, V8's at 536 million. */
const longestText = 500_000_000;

/** The whole text of a source. @throws InputError where it is longer than a text can be */
export async function readText(source: Source, longest = longestText): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of plainBytes(source)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length <= longest) continue;
    throw new InputError(
      `${source.name} holds more than the ${longest / 1e6} MB that a table is read of. Split it into several files.`,
    );
  }
  return text + decoder.decode();
}

/** All bytes of a source, in memory of their own. */
export async function readAll(source: Source): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of plainBytes(source)) chunks.push(chunk);
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
