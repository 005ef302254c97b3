import { Pulse, pulseMemory, SingleCollective } from '@litmatter/training';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Stillness } from '../../src/rank/stillness.ts';

/** Three ranks whose pulses a test moves, on a clock that it moves too. */
function setUp() {
  const memory = pulseMemory(3);
  const pulses = [0, 1, 2].map((rank) => new Pulse(memory, rank));
  const still: [rank: number, sentence: string][] = [];
  new Stillness({ memory, ranks: 3, onStill: (rank, sentence) => still.push([rank, sentence]) });
  /** For so many seconds the ranks named run a kernel every so often. */
  const pass = (seconds: number, ranks: readonly number[], every = 0.5) => {
    for (let time = 0; time < seconds; time += every) {
      for (const rank of ranks) pulses[rank]!.beat();
      vi.advanceTimersByTime(1e3 * every);
    }
  };
  const exchange = async (times = 10) => {
    for (const pulse of pulses) {
      const collective = pulse.around(new SingleCollective());
      for (let i = 0; i < times; i++) await collective.barrier();
    }
  };
  return { pulses, still, pass, exchange };
}

describe('a rank that stands still', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('among others that go on is noticed within ten seconds, once', async () => {
    const { still, pass, exchange } = setUp();
    await exchange();
    pass(5, [0, 1, 2]);
    pass(6, [0, 2]);
    expect(still).toEqual([]);
    pass(6, [0, 2]);
    expect(still).toEqual([[1, expect.stringMatching(/^it did not go on for \d+ s, where its longest/)]]);
    pass(60, []);
    expect(still).toHaveLength(1);
  });

  it('is not told of before the first steps, however long they take', async () => {
    const { still, pass, exchange } = setUp();
    await exchange(3);
    pass(3_600, []);
    expect(still).toEqual([]);
  });

  it('is not told of while it waits for a disk or for the others', async () => {
    const { pulses, still, pass, exchange } = setUp();
    await exchange();
    pass(3, [0, 1, 2]);
    pulses[1]!.resting(() => pass(100, [0, 2]));
    expect(still).toEqual([]);
    pass(12, [0, 2]);
    expect(still).toMatchObject([[1, expect.anything()]]);
  });

  it('may do so twenty times as long as ever before: slow kernels are no alarm', async () => {
    const { still, pass, exchange } = setUp();
    await exchange();
    pass(60, [0, 1, 2], 3);
    pass(50, [0, 2]);
    expect(still).toEqual([]);
    pass(30, [0, 2]);
    expect(still).toMatchObject([[1, expect.stringMatching(/longest pause was 3 s/)]]);
  });

  it('is not told of after the end of training', async () => {
    const { pulses, still, pass, exchange } = setUp();
    await exchange();
    pass(3, [0, 1, 2]);
    for (const pulse of pulses) pulse.end();
    pass(100, []);
    expect(still).toEqual([]);
  });
});
