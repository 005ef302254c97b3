import { duration, number } from '../words.ts';
import { termLaw } from './terms.ts';

/**
 * t = c + A/n: a share that devices divide and a share they do not. The efficiency is 1/2, the local exponent
 * -d ln t / d ln n = 1/(1 + n/n_half) is 1/2, and n t^2 is least, all at n_half = A/c.
 *
 * Source: Amdahl, Validity of the single processor approach to achieving large scale computing capabilities (1967).
 */
export const overhead = termLaw({
  name: 'overhead',
  title: 'Fixed overhead',
  formula: 't = c + A/n',
  source: 'Amdahl 1967',
  parameters: [
    { symbol: 'c', unit: 's', meaning: 'seconds of each epoch that more devices do not shrink' },
    { symbol: 'A', unit: 'device-seconds', meaning: 'work of an epoch that devices share' },
  ],
  leastCounts: 3,
  terms: () => (n) => [1, 1 / n],
  derived: (fit) => ({ nHalf: fit.value('A') / fit.value('c') }),
  describe(fit) {
    const c = fit.value('c');
    const work = fit.value('A');
    if (c === 0) return ['No fixed cost shows: within these counts the work divides among the devices.'];
    return [
      `${duration(c)} of each epoch does not shrink with more devices; ${number(work)} device-seconds of work are shared.`,
      ...(work > 0 ? [`At ${number(work / c)} devices half of the epoch is fixed cost.`] : []),
    ];
  },
});
