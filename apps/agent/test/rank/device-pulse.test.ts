import { Pulse, pulseMemory, readPulse } from '@litmatter/training';
import { afterEach, expect, it, vi } from 'vitest';
import { beatWhileWaiting } from '../../src/rank/device-pulse.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('a rank that waits for its graphics device goes on beating, and only such a one', () => {
  vi.useFakeTimers();
  const memory = pulseMemory(2);
  beatWhileWaiting({ name: 'webgpu', device: 'Tesla V100' }, new Pulse(memory, 0));
  beatWhileWaiting({ name: 'wasm', device: 'CPU' }, new Pulse(memory, 1));
  vi.advanceTimersByTime(3_500);
  expect([0, 1].map((rank) => readPulse(memory, rank).beats)).toEqual([3, 0]);
});
