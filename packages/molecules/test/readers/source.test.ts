import { gzipSync } from 'node:zlib';
import { InputError } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { eachLine, permutation, readText, type Source, sourceOf } from '../../src/index.ts';

/** A source whose bytes come in pieces cut at the given places. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): Source {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let from = 0;
    for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
      yield bytes.subarray(from, to);
      from = to;
    }
  }
  return { name: 'pieces.txt', bytes: pieces() };
}

async function lines(source: Source): Promise<string[]> {
  const found: string[] = [];
  await eachLine(source, (text, number) => {
    found.push(text);
    expect(number).toBe(found.length);
  });
  return found;
}

const text = fc
  .array(fc.constantFrom('a', 'é', '水', '\n', '\r\n', ' '), { maxLength: 60 })
  .map((s) => s.join(''));
const cuts = fc.array(fc.nat(), { maxLength: 8 });

describe('a source', () => {
  it('gives the same lines however its bytes are cut, gzipped or not', async () => {
    await fc.assert(
      fc.asyncProperty(text, cuts, fc.boolean(), async (content, places, gzip) => {
        const plain = new TextEncoder().encode(content);
        const bytes = gzip ? new Uint8Array(gzipSync(plain)) : plain;
        const expected = content.split('\n').map((line) => line.replace(/\r$/, ''));
        if (expected.at(-1) === '') expected.pop();
        expect(await lines(inPieces(bytes, places))).toEqual(expected);
        expect(await readText(inPieces(bytes, places))).toBe(content);
      }),
    );
  });

  it('reads a File of a browser, as often as it is asked', async () => {
    const source = sourceOf('x', new Blob(['a\nb']));
    expect(await lines(source)).toEqual(['a', 'b']);
    expect(await lines(source)).toEqual(['a', 'b']);
  });

  it('is read no further than it is wanted, and its file is let go', async () => {
    const content = permutation(300_000, 1).join('\n');
    for (const bytes of [new TextEncoder().encode(content), new Uint8Array(gzipSync(content))]) {
      let given = 0;
      let closed = false;
      async function* pieces(): AsyncGenerator<Uint8Array> {
        try {
          for (; given < bytes.length; given += 1000) yield bytes.subarray(given, given + 1000);
        } finally {
          closed = true;
        }
      }
      const found: string[] = [];
      await eachLine({ name: 'x', bytes: pieces() }, (line) => {
        found.push(line);
        return found.length < 3;
      });
      expect(found).toEqual(content.slice(0, 30).split('\n').slice(0, 3));
      await vi.waitFor(() => expect(closed).toBe(true));
      expect(given).toBeLessThan(bytes.length);
    }
  });

  it('that is gzip and cut short or damaged is refused by name', async () => {
    const whole = new Uint8Array(gzipSync('some text that is long enough\n'.repeat(50)));
    const damaged = whole.slice();
    damaged[20] ^= 0xff;
    for (const bytes of [whole.slice(0, whole.length - 9), whole.slice(0, 5), damaged]) {
      await expect(readText(sourceOf('set.sdf.gz', bytes))).rejects.toThrow(
        /set\.sdf\.gz is cut short or damaged/,
      );
      await expect(readText(sourceOf('set.sdf.gz', bytes))).rejects.toBeInstanceOf(InputError);
    }
  });

  it('passes on the error of a consumer that stops, and stops reading', async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        pulled++;
        yield new TextEncoder().encode('line\n');
      }
    }
    const reading = eachLine({ name: 'endless', bytes: endless() }, (_text, number) => {
      if (number === 3) throw new InputError('stop here.');
    });
    await expect(reading).rejects.toThrow('stop here.');
    expect(pulled).toBe(3);
  });

  it('without an end of line is refused before it fills the memory', async () => {
    const source = sourceOf('blob.bin', 'x'.repeat(1_000_001));
    await expect(lines(source)).rejects.toThrow(/blob\.bin, line 1 is over a million characters/);
  });

  it('that is longer than a text can be is refused in words, where it is wanted whole', async () => {
    await expect(readText(sourceOf('table.csv', 'x'.repeat(2_000_001)), 2_000_000)).rejects.toThrow(
      'table.csv holds more than the 2 MB that a table is read of. Split it into several files.',
    );
  });
});
