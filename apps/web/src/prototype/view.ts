import type { DatasetCard, ModelCard } from '@litmatter/protocol';
import type {
  Parity,
  Position,
  Predictions,
  Preview,
  Progress,
  Ready,
  Report,
  Score,
  ShownMolecule,
  Trouble,
} from './messages.ts';

export type Phase = 'idle' | 'preparing' | 'running' | 'paused' | 'hidden' | 'broken';

export interface LossPoint {
  /** Epochs, as a fraction. */
  readonly x: number;
  readonly y: number;
}

/** What the Prototype page shows of its worker. */
export interface View {
  readonly cards:
    | { readonly models: readonly ModelCard[]; readonly datasets: readonly DatasetCard[] }
    | undefined;
  /** The data set that was dropped in. */
  readonly dropped: DatasetCard | undefined;
  /** Molecules dropped in that have nothing to learn: to be predicted. */
  readonly own: DatasetCard | undefined;
  readonly notes: readonly string[];
  readonly phase: Phase;
  /** What is being done that takes a while, and the share of it that is done where that is known. */
  readonly doing: { readonly words: string; readonly done: number | null } | undefined;
  readonly ready: Ready | undefined;
  readonly trainLoss: readonly LossPoint[];
  readonly validationLoss: readonly LossPoint[];
  readonly score: Score | undefined;
  readonly molecule: ShownMolecule | undefined;
  /** Before anything is trained: the molecule that will be shown first. */
  readonly preview: Preview | undefined;
  readonly predictions: Predictions | undefined;
  readonly parity: Parity | undefined;
  readonly pace: Pacing | undefined;
  readonly trouble: Trouble | undefined;
  /** Where to go on from after a failure of the device. */
  readonly from: Position | undefined;
  /** What was last done, in words: weights loaded. */
  readonly said: string | undefined;
}

export interface Pacing {
  readonly taken: number;
  readonly epoch: number;
  readonly step: number;
  /** Of the last seconds of computing; undefined before the first step. */
  readonly moleculesPerSecond: number | undefined;
  readonly secondsPerStep: number | undefined;
  readonly memory: number;
  readonly launches: number | null;
  readonly learningRate: number;
}

export const firstView: View = {
  cards: undefined,
  dropped: undefined,
  own: undefined,
  notes: [],
  phase: 'idle',
  doing: undefined,
  ready: undefined,
  trainLoss: [],
  validationLoss: [],
  score: undefined,
  molecule: undefined,
  preview: undefined,
  predictions: undefined,
  parity: undefined,
  pace: undefined,
  trouble: undefined,
  from: undefined,
  said: undefined,
};

/** The same page with nothing trained. */
export function cleared({ cards, dropped, own, notes, preview }: View): View {
  return { ...firstView, cards, dropped, own, notes, preview };
}

/** A chart needs no more points than pixels: beyond these, neighbours are put together. */
const mostPoints = 3_000;

/** What the page shows after the worker has told something. */
export function told(view: View, report: Report): View {
  switch (report.type) {
    case 'cards':
      return { ...view, cards: { models: report.models, datasets: report.datasets } };
    case 'read':
      return {
        ...view,
        ...(report.card.targets.length > 0 ? { dropped: report.card } : { own: report.card }),
        notes: report.notes,
        trouble: undefined,
      };
    case 'doing':
      return { ...view, doing: { words: report.words, done: report.done } };
    case 'kept':
      return report.notes.length > 0 ? { ...view, notes: report.notes } : view;
    case 'preview':
      return { ...view, preview: report };
    case 'predictions':
      return { ...view, predictions: report, doing: undefined, trouble: undefined };
    case 'parity':
      return { ...view, parity: report, doing: undefined, trouble: undefined };
    case 'ready':
      return { ...view, ready: report, doing: undefined };
    case 'progress':
      return progressed(view, report);
    case 'score': {
      const { at, loss } = report;
      const kept = view.validationLoss.filter(({ x }) => x < at);
      return {
        ...view,
        score: report,
        validationLoss: loss === null ? kept : thinned([...kept, { x: at, y: loss }]),
      };
    }
    case 'molecule':
      return { ...view, molecule: report };
    case 'weights':
      return { ...view, said: 'The weights are saved as safetensors.' };
    case 'loaded':
      return {
        ...view,
        said: report.words,
        trouble: undefined,
        parity: undefined,
        trainLoss: [],
        validationLoss: [],
      };
    case 'trouble':
      return troubled(view, report);
  }
}

function progressed(view: View, report: Progress): View {
  const fresh = Array.from(report.at, (x, k) => ({ x, y: report.loss[k] ?? Number.NaN }));
  const steps = fresh.length;
  const before = view.pace;
  const blend = (old: number | undefined, now: number) => (old === undefined ? now : 0.7 * old + 0.3 * now);
  const pace: Pacing = {
    taken: report.taken,
    epoch: report.epoch,
    step: report.step,
    moleculesPerSecond:
      steps > 0
        ? blend(before?.moleculesPerSecond, report.molecules / report.seconds)
        : before?.moleculesPerSecond,
    secondsPerStep:
      steps > 0 ? blend(before?.secondsPerStep, report.seconds / steps) : before?.secondsPerStep,
    memory: report.memory,
    launches: report.launches,
    learningRate: report.learningRate,
  };
  return {
    ...view,
    pace,
    trainLoss: steps > 0 ? thinned([...view.trainLoss, ...fresh]) : view.trainLoss,
  };
}

function troubled(view: View, report: Trouble): View {
  const { kind, from } = report;
  // Bad input while something trains (a broken file dropped in) leaves the training as it is.
  const goesOn = kind === 'input' && view.ready !== undefined;
  return {
    ...view,
    trouble: report,
    from: from ?? undefined,
    doing: undefined,
    phase: goesOn ? view.phase : kind === 'input' ? 'idle' : 'broken',
  };
}

/** Halve a line that has too many points: each two become their mean. */
export function thinned(points: readonly LossPoint[]): readonly LossPoint[] {
  if (points.length <= mostPoints) return points;
  const half: LossPoint[] = [];
  for (let k = 0; k + 1 < points.length; k += 2) {
    const [a, b] = [points[k]!, points[k + 1]!];
    half.push({ x: b.x, y: (a.y + b.y) / 2 });
  }
  if (points.length % 2 === 1) half.push(points.at(-1)!);
  return half;
}
