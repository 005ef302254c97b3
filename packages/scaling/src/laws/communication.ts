import { duration } from '../words.ts';
import type { Law } from './law.ts';
import { lacksSteps, stepCounter } from './steps.ts';
import { termLaw } from './terms.ts';

/** The staircase with an all-reduce in every step, whose cost grows with n in one of two ways. */
function communicating(
  head: Pick<Law, 'name' | 'title' | 'formula' | 'source'>,
  unit: string,
  meaning: string,
  growth: (n: number) => number,
) {
  return termLaw({
    ...head,
    parameters: [
      { symbol: 'c', unit: 's', meaning: 'seconds of each epoch that more devices do not shrink' },
      { symbol: 'a', unit: 's/step', meaning: 'seconds of one step on one device' },
      { symbol: 'd', unit, meaning },
    ],
    leastCounts: 6,
    lacks: lacksSteps,
    terms(context) {
      const steps = stepCounter(context);
      return steps && ((n) => [1, steps(n), steps(n) * growth(n)]);
    },
    describe(fit) {
      const [a, d] = [fit.value('a'), fit.value('d')];
      const largest = fit.curve[fit.curve.length - 1].devices;
      const exchange = d * growth(largest);
      if (d === 0) return ['Exchanging gradients costs nothing that shows within these counts.'];
      return [
        `A step takes ${duration(a)} of computing; exchanging gradients adds ${duration(exchange)} to it at ${largest} devices.`,
      ];
    },
  });
}

/** t = c + s(n) (a + d log2 n): latency of a tree, or of recursive doubling, in every step. */
export const treeStaircase = communicating(
  {
    name: 'staircase-communication',
    title: 'Staircase with communication',
    formula: 't = c + ceil(N/(b n)) (a + d log2 n)',
    source: 'Thakur, Rabenseifner and Gropp 2005 (recursive doubling)',
  },
  's/step/doubling',
  'seconds that each doubling of the devices adds to a step',
  Math.log2,
);

/** t = c + s(n) (a + d (n - 1)/n): bandwidth of a ring all-reduce that computing does not hide. */
export const ringStaircase = communicating(
  {
    name: 'staircase-ring',
    title: 'Staircase with a ring all-reduce',
    formula: 't = c + ceil(N/(b n)) (a + d (n - 1)/n)',
    source: 'Patarasuk and Yuan 2009 (ring all-reduce)',
  },
  's/step',
  'seconds that a ring over very many devices adds to a step',
  (n) => (n - 1) / n,
);
