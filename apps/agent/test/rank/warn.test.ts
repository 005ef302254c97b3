import type { RunEventBody } from '@litmatter/protocol';
import { expect, it } from 'vitest';
import { withWarning } from '../../src/rank/warn.ts';

const started: RunEventBody = {
  type: 'started',
  devices: 1,
  ranks: [{ rank: 0, host: 'here', device: 'CPU', backend: 'wasm' }],
  collective: 'single',
  parameters: 1,
  trainSamples: 1,
  validationSamples: 0,
  stepsPerEpoch: 1,
  oversubscribed: false,
};
const log: RunEventBody = { type: 'log', level: 'info', message: 'An epoch is done.' };

/** What a backend with this warning has reported of a run. */
function reported(warning?: string): RunEventBody[] {
  const all: RunEventBody[] = [];
  const report = withWarning(
    { name: 'wasm', device: 'CPU', ...(warning !== undefined && { warning }) },
    (body) => all.push(body),
  );
  for (const body of [started, log]) report(body);
  return all;
}

it("tells a backend's warning once, when the run has started", () => {
  expect(reported('A GPU stands idle.')).toEqual([
    started,
    { type: 'log', level: 'warning', message: 'A GPU stands idle.' },
    log,
  ]);
});

it('adds nothing where there is no warning', () => {
  expect(reported()).toEqual([started, log]);
});
