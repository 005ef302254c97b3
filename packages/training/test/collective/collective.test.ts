import { describe, expect, it } from 'vitest';
import { atOnce, type Collective } from '../../src/collective/collective.ts';
import { Pulse, pulseMemory } from '../../src/pulse.ts';

/** One of two ranks that writes down what it is asked for. */
function asked(): { readonly collective: Collective; readonly words: string[] } {
  const words: string[] = [];
  const collective: Collective = {
    kind: 'mpi',
    rank: 1,
    size: 2,
    allReduce: async (values) => void words.push(`allReduce ${values.length}`),
    startAllReduce: (values) => void words.push(`start ${values.length}`),
    advance: () => void words.push('advance'),
    broadcast: async (values, root) => void words.push(`broadcast ${values.length} ${root}`),
    gather: async (values) => {
      words.push(`gather ${values.length}`);
      return undefined;
    },
    barrier: async () => void words.push('barrier'),
  };
  return { collective, words };
}

describe('a collective that adds up at once', () => {
  it('starts nothing beside a computation and does all else as before', async () => {
    const { collective, words } = asked();
    const whole = atOnce(collective);
    expect([whole.startAllReduce, whole.advance]).toEqual([undefined, undefined]);
    expect([whole.kind, whole.rank, whole.size]).toEqual(['mpi', 1, 2]);
    await whole.allReduce(new Float32Array(3));
    await whole.broadcast(new Float32Array(2), 1);
    await whole.gather(new Float64Array(4));
    await whole.barrier();
    expect(words).toEqual(['allReduce 3', 'broadcast 2 1', 'gather 4', 'barrier']);
  });
});

describe('a collective with a pulse', () => {
  it('starts sums beside a computation where the one within does', () => {
    const { collective, words } = asked();
    const beating = new Pulse(pulseMemory(1), 0).around(collective);
    beating.startAllReduce?.(new Float32Array(5));
    beating.advance?.();
    expect(words).toEqual(['start 5', 'advance']);
    expect(new Pulse(pulseMemory(1), 0).around(atOnce(collective)).startAllReduce).toBeUndefined();
  });
});
