import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SingleCollective } from '../../src/collective/single.ts';
import { gatherText } from '../../src/collective/text.ts';

describe('text gathered as numbers', () => {
  it('comes back as it was, whatever its characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 100 }), async (text) => {
        expect(await gatherText(new SingleCollective(), text)).toEqual([text]);
      }),
    );
  });

  it('is cut at a whole character where it is too long', async () => {
    const [cut] = (await gatherText(new SingleCollective(), 'ä'.repeat(5_000))) ?? [];
    expect(cut).toBe('ä'.repeat(1_152));
  });
});
