import { duration } from '../words.ts';
import { lacksSteps, stepCounter } from './steps.ts';
import { termLaw } from './terms.ts';

/**
 * t = c + a s(n), s(n) = ceil(N / (b n)): what a data-parallel epoch is made of. A step costs the same at every n,
 * there are fewer of them, and c is paid whatever their number. Once s(n) = 1 nothing shrinks any more.
 *
 * Source: the mechanism of synchronous data-parallel training with a fixed batch per device; it gives the exponents
 * of the paper's Table 1 from two times each (reference/).
 */
export const staircase = termLaw({
  name: 'staircase',
  title: 'Staircase',
  formula: 't = c + a ceil(N/(b n))',
  source: 'steps of data-parallel training',
  parameters: [
    { symbol: 'c', unit: 's', meaning: 'seconds of each epoch that more devices do not shrink' },
    { symbol: 'a', unit: 's/step', meaning: 'seconds of one step' },
  ],
  leastCounts: 3,
  lacks: lacksSteps,
  terms(context) {
    const steps = stepCounter(context);
    return steps && ((n) => [1, steps(n)]);
  },
  derived(fit) {
    const { samples, batchPerDevice } = fit.context;
    return { nHalf: (fit.value('a') * (samples ?? 0)) / (batchPerDevice ?? 1) / fit.value('c') };
  },
  describe(fit) {
    return [
      `A step takes ${duration(fit.value('a'))}, and ${duration(fit.value('c'))} of each epoch is paid whatever the number of steps.`,
    ];
  },
});
