import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Store } from '../../src/hub/store.ts';
import { temporaryFolder } from '../support.ts';

it('a calibration is the one saved last under its key, with when, in the next hub too', () => {
  const file = join(temporaryFolder(), 'hub.sqlite');
  let now = 1;
  const first = new Store(file, () => now);
  first.calibrations.save('a', { seconds: 2 });
  now = 5;
  first.calibrations.save('a', { seconds: 3 });
  first.calibrations.save('b', 480);
  first.close();
  const second = new Store(file);
  onTestFinished(() => second.close());
  expect(second.calibrations.of('a')).toEqual({ measuredAt: 5, body: { seconds: 3 } });
  expect(second.calibrations.of('b')).toEqual({ measuredAt: 5, body: 480 });
  expect(second.calibrations.of('c')).toBeUndefined();
});
