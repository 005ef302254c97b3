import type { RunView } from '@litmatter/protocol';
import { lostContactSeconds } from '@litmatter/protocol';
import { seriesName } from '@litmatter/scaling';
import type { ShownState } from '../../parts/StateMark.tsx';
import type { RunData, TimeParts } from '../../state/experiment-data.ts';
import { pointOf } from './analysis.ts';
import { energyOf, type RunEnergy } from './energy.ts';

/** One line of the run table. Numbers are null until they are measured. */
export interface RunRow {
  readonly run: RunData;
  readonly number: number;
  readonly model: string;
  readonly devices: number;
  readonly repeat: number;
  readonly state: RunView['state'];
  readonly epoch: number;
  readonly epochs: number;
  readonly seconds: number | null;
  readonly spread: number | null;
  readonly steps: number | null;
  readonly globalBatch: number;
  readonly imbalance: number | null;
  readonly deviceHours: number | null;
  readonly bestMae: number | null;
  /** Where the time went, as shares of the epochs after the first. */
  readonly parts: TimeParts | null;
  /** Of an epoch. */
  readonly energy: RunEnergy | null;
}

const rows = new WeakMap<RunData, RunRow>();

export function rowOf(run: RunData): RunRow {
  let row = rows.get(run);
  if (!row) {
    row = makeRow(run);
    rows.set(run, row);
  }
  return row;
}

function makeRow(run: RunData): RunRow {
  const { view, epochs } = run;
  const { spec } = view;
  const point = pointOf(run);
  const maes = epochs.flatMap((epoch) => epoch.validationMae ?? []);
  const spent = epochs.reduce((sum, epoch) => sum + epoch.seconds + epoch.validationSeconds, 0);
  return {
    run,
    number: view.index + 1,
    model: seriesName(spec),
    devices: spec.devices,
    repeat: spec.repeat + 1,
    state: view.state,
    epoch: epochs.at(-1)?.epoch ?? 0,
    epochs: spec.training.epochs,
    seconds: point?.seconds ?? null,
    spread: point && !point.warmUpOnly ? point.spread : null,
    steps: point?.steps ?? view.started?.stepsPerEpoch ?? null,
    globalBatch: spec.training.batchPerDevice * spec.devices,
    imbalance: point?.imbalance ?? null,
    deviceHours: spent > 0 ? (spent * spec.devices) / 3_600 : null,
    bestMae: maes.length > 0 ? maes.reduce((least, mae) => Math.min(least, mae)) : null,
    parts: shares(run),
    energy: energyOf(run),
  };
}

function shares({ epochs }: RunData): TimeParts | null {
  const counted = epochs.length > 1 ? epochs.slice(1) : epochs;
  const total = { data: 0, compute: 0, communication: 0, optimiser: 0 };
  let seconds = 0;
  for (const epoch of counted) {
    if (!epoch.parts) continue;
    seconds += epoch.seconds;
    for (const part of Object.keys(total) as (keyof TimeParts)[]) total[part] += epoch.parts[part];
  }
  if (!(seconds > 0)) return null;
  return {
    data: total.data / seconds,
    compute: total.compute / seconds,
    communication: total.communication / seconds,
    optimiser: total.optimiser / seconds,
  };
}

/**
 * The state to show: a run that should be heard from and is not has lost contact, which is not to have failed.
 * @param now - hub's clock; undefined while this page itself hears nothing from the hub
 */
export function shownState(view: RunView, now: number | undefined): ShownState {
  const underWay = view.state === 'running' || view.state === 'starting';
  if (!underWay || now === undefined || view.lastHeardAt === null) return view.state;
  return now - view.lastHeardAt > lostContactSeconds * 1_000 ? 'lost' : view.state;
}

export const runSortKeys = {
  run: (row: RunRow) => row.number,
  devices: (row: RunRow) => row.devices,
  state: (row: RunRow) => row.state,
  epoch: (row: RunRow) => row.epoch / row.epochs,
  seconds: (row: RunRow) => row.seconds,
  steps: (row: RunRow) => row.steps,
  batch: (row: RunRow) => row.globalBatch,
  imbalance: (row: RunRow) => row.imbalance,
  hours: (row: RunRow) => row.deviceHours,
  energy: (row: RunRow) => row.energy?.epoch ?? null,
  mae: (row: RunRow) => row.bestMae,
} as const satisfies Record<string, (row: RunRow) => number | string | null>;

export type RunSortKey = keyof typeof runSortKeys;

/** Rows by one column; those without a value stay last whichever way it goes. */
export function sortedRows(all: readonly RunRow[], key: RunSortKey, up: boolean): RunRow[] {
  const value = runSortKeys[key];
  return [...all].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return a.number - b.number;
    if (x === null) return 1;
    if (y === null) return -1;
    return (x < y ? -1 : 1) * (up ? 1 : -1);
  });
}
