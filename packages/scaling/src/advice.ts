import type { Analysis } from './analyse.ts';
import type { Prediction } from './choose.ts';
import { gainOf } from './curve.ts';
import { type Curve, drawCurves } from './draws.ts';
import type { Interval } from './laws/law.ts';
import { mean, quantile } from './math/stats.ts';
import { devices, duration, number, percent } from './words.ts';

/** What a person wants of a training of `epochs` epochs. Each goal that is given is answered. */
export interface Question {
  /** K */
  readonly epochs: number;
  /** Be done within this many seconds: the fewest devices that are. */
  readonly deadlineSeconds?: number;
  /** Spend at most this many device-seconds: the most devices that do. */
  readonly budgetDeviceSeconds?: number;
  /** Keep the efficiency, against the smallest measured count, at or above this: the most devices that do. */
  readonly efficiencyFloor?: number;
  /** What a second of waiting and a device-second are worth, in the same currency: the cheapest count. */
  readonly worth?: { readonly second: number; readonly deviceSecond: number };
  /** The most devices to be had; four times the largest measured count where not given. */
  readonly most?: number;
}

export type Goal = 'deadline' | 'budget' | 'efficiency' | 'optimum';

export interface Recommendation {
  readonly goal: Goal;
  /** Null where no count up to `most` reaches the goal. */
  readonly devices: number | null;
  /** Device counts at `level`; `high` is infinite where the goal may be out of reach. */
  readonly interval: Interval;
  readonly level: number;
  /** Share of the curves the data leave possible on which the goal can be reached. */
  readonly chance: number;
  /** Of the whole training at `devices` (or, out of reach, at the count that comes nearest), with intervals at `level`. */
  readonly seconds: number;
  readonly secondsInterval: Interval;
  readonly deviceSeconds: number;
  readonly deviceSecondsInterval: Interval;
  /** devices / largest measured count, at least 1: more than 1 is extrapolation. */
  readonly beyond: number;
  readonly sentence: string;
  /** The unmeasured count whose time would narrow this answer most; undefined where none would. */
  readonly next: NextCount | undefined;
}

/** The count whose measurement would tell most. */
export interface NextCount {
  readonly devices: number;
  /** Share by which the recommendation's interval should narrow at the least, 0 to 1. */
  readonly narrows: number;
  readonly sentence: string;
}

export interface Advice {
  /** Which laws the numbers come from. */
  readonly basis: string;
  readonly recommendations: readonly Recommendation[];
}

const level = 0.9;
const drawn = 200;

/**
 * Answer a question from an analysis: each goal on the weighted prediction, its interval from the curves the data leave
 * possible. Works on t(n) itself, whatever the laws. Undefined where nothing can be predicted (fewer than three
 * distinct counts).
 */
export function advise(analysis: Analysis, question: Question): Advice | undefined {
  const { prediction, curve } = analysis;
  if (!prediction) return undefined;
  const most = Math.max(1, Math.floor(question.most ?? 4 * curve[curve.length - 1].devices));
  const all = Array.from({ length: most }, (_, k) => k + 1);
  const ladder = thinned(most);
  const curves = drawCurves(prediction, drawn);
  return {
    basis: prediction.basis,
    recommendations: goalsOf(analysis, question).map(({ goal, choose }) => {
      const chosen = choose(prediction.predict, all);
      const choices = curves.map((one) => choose(one, ladder));
      const answer = recommend(goal, analysis, prediction, question, chosen, choices, curves, all);
      const settled = answer.interval.low === answer.interval.high;
      return {
        ...answer,
        next: settled ? undefined : nextCount(analysis, prediction, curves, choices, most),
      };
    }),
  };
}

/** A goal's choice on one curve; undefined where out of reach. */
type Choose = (time: Curve, counts: readonly number[]) => number | undefined;

function goalsOf({ protocol, curve }: Analysis, question: Question): { goal: Goal; choose: Choose }[] {
  const { epochs, deadlineSeconds, budgetDeviceSeconds, efficiencyFloor, worth } = question;
  const goals: { goal: Goal; choose: Choose }[] = [];
  if (deadlineSeconds !== undefined)
    goals.push({
      goal: 'deadline',
      choose: (time, counts) => counts.find((n) => epochs * time(n) <= deadlineSeconds),
    });
  if (budgetDeviceSeconds !== undefined)
    goals.push({
      goal: 'budget',
      choose: (time, counts) => counts.findLast((n) => epochs * n * time(n) <= budgetDeviceSeconds),
    });
  if (efficiencyFloor !== undefined) {
    const n0 = curve[0].devices;
    goals.push({
      goal: 'efficiency',
      choose: (time, counts) =>
        counts.findLast(
          (n) =>
            gainOf(protocol, { devices: n0, seconds: time(n0) }, { devices: n, seconds: time(n) })
              .efficiency >= efficiencyFloor,
        ),
    });
  }
  if (worth)
    goals.push({
      goal: 'optimum',
      choose: (time, counts) => {
        const price = (n: number) => (worth.second + worth.deviceSecond * n) * time(n);
        return counts.reduce((a, b) => (price(b) < price(a) ? b : a));
      },
    });
  return goals;
}

function recommend(
  goal: Goal,
  analysis: Analysis,
  prediction: Prediction,
  question: Question,
  chosen: number | undefined,
  choices: readonly (number | undefined)[],
  curves: readonly Curve[],
  counts: readonly number[],
): Omit<Recommendation, 'next'> {
  const { epochs } = question;
  const reached = choices.filter((choice) => choice !== undefined);
  const chance = reached.length / choices.length;
  // Out of reach means more devices than there are for a deadline, and fewer than one for a budget or a floor.
  const beyondReach = goal === 'deadline' ? Number.POSITIVE_INFINITY : 0;
  const ends = choices.map((choice) => choice ?? beyondReach).sort((a, b) => a - b);
  const interval = {
    low: ends[Math.floor(((1 - level) / 2) * (ends.length - 1))],
    high: ends[Math.ceil(((1 + level) / 2) * (ends.length - 1))],
  };
  // The intervals of a prediction hold it, also where rounding to whole counts or averaging laws moved it.
  if (chosen !== undefined) {
    interval.low = Math.min(interval.low, chosen);
    interval.high = Math.max(interval.high, chosen);
  }
  const nearest =
    goal === 'budget' || goal === 'efficiency'
      ? counts[0]
      : counts.reduce((a, b) => (prediction.predict(b) < prediction.predict(a) ? b : a));
  const at = chosen ?? nearest;
  const times = curves.map((curve) => epochs * curve(at));
  const seconds = epochs * prediction.predict(at);
  const secondsInterval = {
    low: Math.min(seconds, quantile(times, (1 - level) / 2)),
    high: Math.max(seconds, quantile(times, (1 + level) / 2)),
  };
  const recommendation = {
    goal,
    devices: chosen ?? null,
    interval,
    level,
    chance,
    seconds,
    secondsInterval,
    deviceSeconds: at * seconds,
    deviceSecondsInterval: { low: at * secondsInterval.low, high: at * secondsInterval.high },
    beyond: Math.max(1, at / analysis.curve[analysis.curve.length - 1].devices),
  };
  return { ...recommendation, sentence: sentenceOf(recommendation, question, at, analysis) };
}

function sentenceOf(
  answer: Omit<Recommendation, 'sentence' | 'next'>,
  question: Question,
  at: number,
  { curve, protocol }: Analysis,
): string {
  const { epochs } = question;
  // Whole hours for a cluster, seconds for a trial on a laptop.
  const [unit, name] =
    answer.deviceSecondsInterval.high < 36 ? [1, 'device-seconds'] : [3600, 'device-hours'];
  const hours = (interval: Interval) => {
    const [low, high] = [interval.low, interval.high].map((seconds) => number(seconds / unit));
    return `${low === high ? low : `${low} to ${high}`} ${name}`;
  };
  const far =
    answer.beyond > 1 ? ` That is ${number(answer.beyond, 2)} times the largest count measured.` : '';
  if (answer.devices === null) {
    const shortest = `${epochs} epochs take ${duration(answer.seconds)} and ${number(answer.deviceSeconds / 3600)} device-hours on ${devices(at)}`;
    switch (answer.goal) {
      case 'deadline':
        return `Out of reach: at best, ${shortest}; the deadline is ${duration(question.deadlineSeconds ?? 0)}.${far}`;
      case 'budget':
        return `Out of reach: ${shortest}; the budget is ${number((question.budgetDeviceSeconds ?? 0) / 3600)} device-hours.`;
      default:
        return `Out of reach: no count keeps the efficiency at ${percent(question.efficiencyFloor ?? 0)} against ${devices(curve[0].devices)}${protocol === 'weak' ? ' (work per device fixed)' : ''}.`;
    }
  }
  const { low, high } = answer.interval;
  const range = Number.isFinite(high)
    ? low === high
      ? ''
      : ` (${number(low, 4)} to ${number(high, 4)} at ${percent(answer.level)})`
    : ` (at least ${number(low, 4)} at ${percent(answer.level)}; it may be out of reach)`;
  return `${devices(answer.devices)}${range}: ${epochs} epochs in ${duration(answer.seconds)}, ${hours(answer.deviceSecondsInterval)}.${far}`;
}

/**
 * The unmeasured count whose time is most informative of the choice: with q = ln(choice) and y = ln t(n) over the drawn
 * curves, one measurement with the fits' residual sigma leaves var(q) (1 - rho^2), rho^2 = cov(q, y)^2 / (var(q)
 * (var(y) + sigma^2)): the linear Bayes rule (Chaloner and Verdinelli, Bayesian experimental design, 1995). It counts
 * both what would tell laws apart and what would narrow each, and not that the fits gain a degree of freedom: a lower
 * estimate.
 */
function nextCount(
  { curve }: Analysis,
  prediction: Prediction,
  curves: readonly Curve[],
  choices: readonly (number | undefined)[],
  most: number,
): NextCount | undefined {
  const measured = new Set(curve.map((point) => point.devices));
  const candidates = ladderOf(most).filter((n) => !measured.has(n));
  const q = choices.map((choice) => Math.log(choice ?? 2 * most));
  const spread = covariance(q, q);
  if (candidates.length === 0 || spread === 0) return undefined;
  const sigma2 = mean(prediction.fits.map(({ fit }) => fit.sigma ** 2));
  const scored = candidates.map((n) => {
    const y = curves.map((one) => Math.log(one(n)));
    return { n, rho2: covariance(q, y) ** 2 / (spread * (covariance(y, y) + sigma2)) };
  });
  const best = scored.reduce((a, b) => (b.rho2 > a.rho2 * (1 + 1e-9) ? b : a));
  const narrows = 1 - Math.sqrt(Math.max(0, 1 - best.rho2));
  if (!(narrows > 0.01)) return undefined;
  return {
    devices: best.n,
    narrows,
    sentence: `Measuring ${devices(best.n)} next would tell most: it should narrow this answer by ${percent(narrows)} or more.`,
  };
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  return mean(a.map((value, i) => (value - ma) * (b[i] - mb)));
}

/** 1, 2, 3, 4, 6, 8, 12, 16 ... up to `most`, and `most` itself: the counts a person would measure. */
function ladderOf(most: number): number[] {
  const counts = new Set([1, most]);
  for (let n = 2; n <= most; n *= 2) {
    counts.add(n);
    if (1.5 * n <= most) counts.add(1.5 * n);
  }
  return [...counts].sort((a, b) => a - b);
}

/** Every count up to 100, then in steps of 1 %: fine enough for an interval. */
function thinned(most: number): number[] {
  const counts: number[] = [];
  for (let n = 1; n <= most; n = Math.max(n + 1, Math.round(n * 1.01))) counts.push(n);
  return counts;
}
