import { duration } from '../words.ts';
import { termLaw } from './terms.ts';

/**
 * A law to copy: it is whole, type-checked and tested (test/laws/SKELETON.test.ts), but stands in no registry.
 *
 *   1. `litmatter new law NAME` copies this file; here, copy its test too. Write your formula and its source.
 *   2. Name the parameters in the order of the terms, with units. A coefficient is never negative.
 *   3. `terms(context)` returns what stands beside each parameter at n devices. Where your law counts with something
 *      the context may lack (samples, batch), return undefined then and say what in `lacks`: see staircase.ts.
 *   4. `describe` says in whole sentences, with units, what the parameters mean to a person who pays for devices.
 *   5. `litmatter fit POINTS.csv --law NAME.ts` fits it beside the others. To have it everywhere, put it into
 *      packages/scaling/src/laws and add it to registry.ts there: weights, bands, advice, exports and the tests of all
 *      laws (test/laws/every.test.ts) take it from there.
 *
 * A law that is not a sum of such terms implements `Law` itself: profile what is not linear and hand the parameters to
 * `makeFit`, as offsetPower.ts does. Or pass your own list of laws to `analyse`, and leave the registry alone.
 *
 * The example: t = A/n + d log2 n, work that divides and one exchange an epoch whose cost grows with each doubling.
 */
export const skeleton = termLaw({
  name: 'skeleton',
  title: 'Divided work and one exchange',
  formula: 't = A/n + d log2 n',
  source:
    'an example; Culler et al., LogP: Towards a realistic model of parallel computation (1993), has its kind',
  parameters: [
    { symbol: 'A', unit: 'device-seconds', meaning: 'work of an epoch that devices share' },
    {
      symbol: 'd',
      unit: 's/doubling',
      meaning: 'seconds that each doubling of the devices adds to an epoch',
    },
  ],
  leastCounts: 3,
  terms: () => (n) => [1 / n, Math.log2(n)],
  describe(fit) {
    return [`Each doubling of the devices adds ${duration(fit.value('d'))} to an epoch.`];
  },
});
