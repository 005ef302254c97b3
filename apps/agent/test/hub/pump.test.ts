import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Pump } from '../../src/hub/pump.ts';

function setUp(everyMilliseconds = 100) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let state = 0;
  let taken = 0;
  const sent: number[] = [];
  const pending: (() => void)[] = [];
  const pump = new Pump(
    () => {
      if (taken === state) return undefined;
      taken = state;
      return state;
    },
    (message: number, received) => {
      sent.push(message);
      pending.push(received);
    },
    everyMilliseconds,
  );
  return {
    sent,
    pump,
    change: () => {
      state++;
      pump.poke();
    },
    acknowledge: () => pending.shift()!(),
  };
}

describe('a pump', () => {
  it('sends one message at a time, and after the acknowledgement the newest state, not every one between', () => {
    const { sent, change, acknowledge } = setUp();
    change();
    vi.advanceTimersByTime(1);
    for (let i = 0; i < 1_000; i++) change();
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([1]);
    acknowledge();
    vi.advanceTimersByTime(1_000);
    expect(sent).toEqual([1, 1_001]);
  });

  it('sends no more often than it may, however quickly it is acknowledged', () => {
    const { sent, change, acknowledge } = setUp(100);
    for (let i = 0; i < 1_000; i++) {
      change();
      vi.advanceTimersByTime(1);
      if (sent.length > 0) {
        try {
          acknowledge();
        } catch {
          // Nothing is waiting for an acknowledgement.
        }
      }
    }
    expect(sent.length).toBeGreaterThanOrEqual(10);
    expect(sent.length).toBeLessThanOrEqual(11);
  });

  it('sends the last change too, and nothing where nothing has changed', () => {
    const { sent, pump, change, acknowledge } = setUp();
    change();
    vi.advanceTimersByTime(200);
    change();
    acknowledge();
    vi.advanceTimersByTime(200);
    acknowledge();
    pump.poke();
    vi.advanceTimersByTime(10_000);
    expect(sent).toEqual([1, 2]);
  });

  it('sends nothing once it is stopped', () => {
    const { sent, pump, change } = setUp();
    change();
    pump.stop();
    vi.advanceTimersByTime(10_000);
    change();
    vi.advanceTimersByTime(10_000);
    expect(sent).toEqual([]);
  });
});
