import type { EpochEvent, RunView } from '@litmatter/protocol';
import { seriesName } from '../points.ts';

/** What an error is looked at against. */
export const lossAxes = ['molecules', 'parameters'] as const;
export type LossAxis = (typeof lossAxes)[number];

/** A run as far as its error goes. */
export interface LossRun {
  readonly view: Pick<RunView, 'id' | 'spec' | 'started' | 'state'>;
  /** In order. */
  readonly epochs: readonly Pick<EpochEvent, 'validationMae'>[];
}

/** The best validation error of one run, and what it was reached with. */
export interface LossPoint {
  readonly run: string;
  readonly series: string;
  /** Training molecules, or trainable numbers. */
  readonly size: number;
  /** Least validation MAE of its epochs so far, in the target's unit. */
  readonly loss: number;
  readonly devices: number;
  readonly repeat: number;
  readonly globalBatch: number;
  readonly epochs: number;
  /** Whether it has done all the epochs it is to do. */
  readonly finished: boolean;
  /** Whether its last epoch was its best: the error was still falling. */
  readonly falling: boolean;
  /** What its size comes from: "hiddenChannels 64"; empty where that is the size itself. */
  readonly setting: string;
}

/**
 * Each run's best validation error with its size. Runs without a validated epoch are left out. Series are what is alike
 * but for the size: the same model on more or fewer molecules, or the same molecules under a wider or narrower model.
 */
export function lossPoints(runs: readonly LossRun[], axis: LossAxis): LossPoint[] {
  const widths = axis === 'parameters' ? widthOptions(runs) : new Map<string, ReadonlySet<string>>();
  return runs.flatMap(({ view, epochs }) => {
    const { spec, started, id, state } = view;
    const errors = epochs.flatMap(({ validationMae }) => validationMae ?? []);
    const size = axis === 'molecules' ? started?.trainSamples : started?.parameters;
    if (!size || errors.length === 0) return [];
    const loss = errors.reduce((least, error) => Math.min(least, error));
    if (!(loss > 0)) return [];
    const { series, setting } = nameOf(spec, axis, widths.get(modelKey(spec)) ?? none);
    return {
      run: id,
      series,
      size,
      loss,
      devices: spec.devices,
      repeat: spec.repeat,
      globalBatch: spec.devices * spec.training.batchPerDevice,
      epochs: epochs.length,
      finished: state === 'succeeded' || epochs.length >= spec.training.epochs,
      falling: epochs.length > 1 && epochs[epochs.length - 1].validationMae === loss,
      setting,
    };
  });
}

const none: ReadonlySet<string> = new Set();

function modelKey({ model }: RunView['spec']): string {
  return `${model.name} ${model.preset}`;
}

function nameOf(spec: RunView['spec'], axis: LossAxis, widths: ReadonlySet<string>) {
  const { model, dataset } = spec;
  if (axis === 'molecules') {
    const { used: _, ...whole } = dataset;
    return { series: seriesName({ model, dataset: whole }), setting: '' };
  }
  const entries = Object.entries(model.options);
  const fixed = Object.fromEntries(entries.filter(([option]) => !widths.has(option)));
  return {
    series: seriesName({ model: { ...model, options: fixed }, dataset }),
    setting: entries
      .filter(([option]) => widths.has(option))
      .map(([option, value]) => `${option} ${JSON.stringify(value)}`)
      .join(', '),
  };
}

/**
 * For each model and preset the options that change how many trainable numbers it has: those are its width. Others, such as
 * a cutoff, make another series.
 */
function widthOptions(runs: readonly LossRun[]): ReadonlyMap<string, ReadonlySet<string>> {
  const started = runs.flatMap(({ view }) =>
    view.started ? [{ spec: view.spec, parameters: view.started.parameters }] : [],
  );
  const groups = Map.groupBy(started, ({ spec }) => modelKey(spec));
  return new Map(
    [...groups].map(([key, group]) => {
      const options = new Set(group.flatMap(({ spec }) => Object.keys(spec.model.options)));
      const changes = (option: string) => {
        const alike = Map.groupBy(group, ({ spec }) =>
          JSON.stringify(
            Object.entries(spec.model.options)
              .filter(([other]) => other !== option)
              .sort(),
          ),
        );
        return [...alike.values()].some((some) => new Set(some.map((one) => one.parameters)).size > 1);
      };
      return [key, new Set([...options].filter(changes))] as const;
    }),
  );
}
