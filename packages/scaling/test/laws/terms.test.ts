import { describe, expect, test } from 'vitest';
import type { Law } from '../../src/laws/law.ts';
import { offsetPower } from '../../src/laws/offsetPower.ts';
import { overhead } from '../../src/laws/overhead.ts';
import { staircase } from '../../src/laws/staircase.ts';
import { usl } from '../../src/laws/usl.ts';
import { scipy } from '../scipy.ts';
import { fitted } from './fitted.ts';

const points = scipy.curve.devices.map((devices, i) => ({
  devices,
  seconds: scipy.curve.seconds[i],
  runs: 1,
}));
const context = { protocol: 'fixed-per-device-batch', ...scipy.context } as const;

describe('fits with non-negative coefficients, in relative residuals', () => {
  test.each([overhead, staircase, offsetPower, usl].map((law): [string, Law] => [law.name, law]))(
    '%s: parameters, standard errors and residuals are those of SciPy’s bounded optimiser',
    (name, law) => {
      const fit = fitted(law, points, context);
      const solved = scipy.laws[name];
      expect(fit.rss / solved.rss).toBeCloseTo(1, 7);
      solved.theta.forEach((theta, k) => {
        // An optimiser stops where the loss is flat: half of the digits of the loss.
        expect(Math.abs(fit.theta[k] - theta) / solved.errors[k]).toBeLessThan(2e-3);
        expect(fit.estimates[k].standardError! / solved.errors[k]).toBeCloseTo(1, 2);
      });
    },
  );
});
