import { number, percent } from '../words.ts';
import { makeFit } from './fit.ts';
import type { Law } from './law.ts';
import { solveTerms } from './terms.ts';

/**
 * t = t1 [(1 - sigma)/n + sigma + kappa (n - 1)]: the universal scalability law. sigma is what does not divide,
 * kappa what every pair of devices costs; past n_max = sqrt((1 - sigma)/kappa) more devices make an epoch longer.
 * Linear in t1 (1 - sigma), t1 sigma and t1 kappa, each >= 0.
 *
 * Source: Gunther, Guerrilla Capacity Planning (2007), chapter 4.
 */
export const usl: Law = {
  name: 'usl',
  title: 'Universal scalability law',
  formula: 't = t1 ((1 - sigma)/n + sigma + kappa (n - 1))',
  source: 'Gunther 2007',
  parameters: [
    { symbol: 't1', unit: 's', meaning: 'seconds per epoch on one device' },
    { symbol: 'sigma', unit: '', meaning: 'share of an epoch that does not divide' },
    { symbol: 'kappa', unit: '', meaning: 'share of an epoch that each further device adds' },
  ],
  freedom: 3,
  leastCounts: 6,
  fit(curve, context) {
    const terms = solveTerms(
      curve.map(({ devices: n }) => [1 / n, 1, n - 1]),
      curve,
    );
    const t1 = terms && terms[0] + terms[1];
    if (!terms || !t1) return { unfit: 'The times do not fall with the number of devices.' };
    const form = (sigma: number, kappa: number, n: number) => 1 / n + sigma * (1 - 1 / n) + kappa * (n - 1);
    return makeFit({
      law: usl,
      curve,
      context,
      theta: [t1, terms[1] / t1, terms[2] / t1],
      time: ([first, sigma, kappa], n) => first * form(sigma, kappa, n),
      gradient([first, sigma, kappa], n) {
        const total = form(sigma, kappa, n);
        return [1 / first, (1 - 1 / n) / total, (n - 1) / total];
      },
      derived: (fit) => ({ nMax: turningPoint(fit.value('sigma'), fit.value('kappa')) }),
      describe(fit) {
        const [sigma, kappa] = [fit.value('sigma'), fit.value('kappa')];
        const most = turningPoint(sigma, kappa);
        return [
          `${percent(sigma)} of a one-device epoch does not divide.`,
          kappa === 0
            ? 'Devices do not get into each other’s way within these counts.'
            : `Beyond ${number(most)} devices an epoch takes longer again.`,
        ];
      },
    });
  },
};

/** n_max; infinite where kappa is 0. */
function turningPoint(sigma: number, kappa: number): number {
  return kappa === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(Math.max(0, 1 - sigma) / kappa);
}
