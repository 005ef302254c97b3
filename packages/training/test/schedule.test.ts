import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scheduleState, scheduleStep } from '../src/schedule.ts';

interface PlateauCase {
  readonly name: string;
  readonly learningRate: number;
  readonly factor: number;
  readonly patience: number;
  readonly minimum: number;
  /** null stands for NaN. */
  readonly metrics: (number | null)[];
  readonly rates: number[];
}

const fixture: { cases: PlateauCase[] } = JSON.parse(
  readFileSync(new URL('./fixtures/plateau.json', import.meta.url), 'utf8'),
);

function ratesOf(c: PlateauCase, schedule: 'plateau' | 'constant'): number[] {
  const state = scheduleState(c);
  return c.metrics.map((metric) => {
    scheduleStep(state, metric ?? Number.NaN, { schedule, plateau: c });
    return state.learningRate;
  });
}

describe('the plateau schedule', () => {
  it.each(fixture.cases)(
    'equals torch at every epoch: $name, rate $learningRate, factor $factor, patience $patience',
    (c) => {
      expect(ratesOf(c, 'plateau')).toEqual(c.rates);
    },
  );

  it('is compared on cases in which torch does lower the rate', () => {
    const lowered = fixture.cases.filter((c) => c.rates.at(-1) !== c.learningRate);
    expect(lowered.length).toBeGreaterThan(8);
  });

  it('does nothing when the schedule is constant', () => {
    const stalled = fixture.cases.find((c) => c.name === 'stalled')!;
    expect(new Set(ratesOf(stalled, 'constant'))).toEqual(new Set([stalled.learningRate]));
  });
});
