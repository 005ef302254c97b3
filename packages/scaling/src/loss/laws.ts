import type { CurvePoint } from '../curve.ts';
import { makeFit } from '../laws/fit.ts';
import type { Fit, Law } from '../laws/law.ts';
import { solveOffsetPower } from '../laws/offsetPower.ts';
import { logLogLine } from '../laws/power.ts';
import { interval95, number } from '../words.ts';

/**
 * Laws of an error against a size D: training molecules, or trainable numbers. They are laws like those of times, with
 * the size where these have the number of devices and the error where these have seconds, so that ranking, intervals and
 * bands are the same.
 */

const alpha = { symbol: 'alpha', unit: '', meaning: 'exponent: how fast the error falls with the size' };

/** L = A D^-alpha: ordinary least squares of ln L on ln D, as the power law of times. */
export const lossPower: Law = {
  name: 'loss-power',
  title: 'Power law',
  formula: 'L = A D^-alpha',
  source: 'Hestness et al. 2017',
  parameters: [
    { symbol: 'A', unit: '', meaning: 'error at a size of 1, if the law held there', logarithmic: true },
    { ...alpha, signed: true },
  ],
  freedom: 2,
  leastCounts: 3,
  fit(curve, context) {
    const line = logLogLine(curve);
    if (!line) return { unfit: 'An exponent needs errors at different sizes.' };
    return makeFit({
      law: lossPower,
      curve,
      context,
      ...line,
      describe(fit) {
        const [, { value, interval }] = fit.estimates;
        if (value > 0) return [`The error falls as D^-${exponentOf(fit)}: ${doubling(value)}.`];
        const rising = interval && { low: -interval.high, high: -interval.low };
        return [
          `The error does not fall with the size: it goes as D^${number(-value)}${interval95(rising)}.`,
        ];
      },
    });
  },
};

/**
 * L = L0 + A D^-alpha: a power law above an error that no size of this axis removes. Solved as `offset-power` is, at sizes
 * relative to their geometric mean, so that none is lost to rounding; A is kept as its logarithm.
 *
 * Source: Hestness et al., Deep learning scaling is predictable, empirically (2017), equation 1.
 */
export const lossOffsetPower: Law = {
  name: 'loss-offset-power',
  title: 'Power law above a floor',
  formula: 'L = L0 + A D^-alpha',
  source: 'Hestness et al. 2017',
  parameters: [
    { symbol: 'L0', unit: '', meaning: 'error that a larger size does not remove' },
    {
      symbol: 'A',
      unit: '',
      meaning: 'error above the floor at a size of 1, if the law held there',
      logarithmic: true,
    },
    alpha,
  ],
  freedom: 3,
  leastCounts: 6,
  fit(curve, context) {
    const middle = Math.exp(curve.reduce((sum, point) => sum + Math.log(point.devices), 0) / curve.length);
    const solved = solveOffsetPower(curve.map((point) => ({ ...point, devices: point.devices / middle })));
    if (!solved || solved[1] === 0 || solved[2] === 0)
      return { unfit: 'The errors do not fall with the size: there is no exponent to find.' };
    const [floor, above, exponent] = solved;
    return makeFit({
      law: lossOffsetPower,
      curve,
      context,
      theta: [floor, Math.log(above) + exponent * Math.log(middle), exponent],
      time: ([L0, logA, by], size) => L0 + Math.exp(logA - by * Math.log(size)),
      gradient([L0, logA, by], size) {
        const falling = Math.exp(logA - by * Math.log(size));
        const total = L0 + falling;
        return [1 / total, falling / total, (-falling * Math.log(size)) / total];
      },
      describe(fit) {
        const [L0] = fit.estimates;
        const floor = `${number(L0.value)}${interval95(L0.interval)}`;
        return [`Above a floor of ${floor} the error falls as D^-${exponentOf(fit)}.`];
      },
    });
  },
};

export const lossLaws: readonly Law[] = [lossPower, lossOffsetPower];

/** "0.42 (95 % interval 0.31 to 0.53)". */
function exponentOf(fit: Fit): string {
  const found = fit.estimates.find(({ symbol }) => symbol === 'alpha');
  if (!found) return '';
  return `${number(found.value)}${interval95(found.interval)}`;
}

function doubling(exponent: number): string {
  return `doubling the size takes ${number(100 * (1 - 2 ** -exponent), 2)} % off it`;
}

/** Errors as a law sees them: ascending sizes, each once. */
export type LossCurve = readonly CurvePoint[];
