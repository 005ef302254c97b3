import type { ScalingRow } from '@litmatter/scaling';
import { percent, seconds, significant } from '../words/format.ts';
import type { QuantityName } from './quantity-names.ts';

/** What speedup and efficiency are measured against: the smallest count of a series. */
export interface Base {
  readonly devices: number;
  readonly seconds: number;
  /** N and b, where they are known. */
  readonly samples: number | null;
  readonly batchPerDevice: number | null;
}

/** One tab of the scaling chart: what is on its vertical axis and how times become it. */
export interface Quantity {
  readonly name: QuantityName;
  readonly tab: string;
  /** Title of the vertical axis, with its unit. */
  readonly axis: string;
  readonly scale: 'log' | 'linear';
  /** What this is on a row; null where it is not known. */
  of(row: ScalingRow): number | null;
  /** What a time at n devices comes to; undefined where the quantity is not made of times. */
  fromTime?(time: number, n: number, base: Base): number;
  ideal(n: number, base: Base): number | null;
  format(value: number): string;
  formatTick(value: number): string;
}

const plainTick = (value: number) => significant(value, 3);
const work = ({ devices, seconds }: Base) => devices * seconds;

export const quantities: readonly Quantity[] = [
  {
    name: 'time',
    tab: 'Time',
    axis: 'Seconds per epoch',
    scale: 'log',
    of: (row) => row.seconds,
    fromTime: (time) => time,
    ideal: (n, base) => work(base) / n,
    format: seconds,
    formatTick: plainTick,
  },
  {
    name: 'speedup',
    tab: 'Speedup',
    axis: 'Speedup over the fewest devices',
    scale: 'log',
    of: (row) => row.speedup,
    fromTime: (time, _, base) => base.seconds / time,
    ideal: (n, base) => n / base.devices,
    format: (value) => `${significant(value)}×`,
    formatTick: (value) => `${plainTick(value)}×`,
  },
  {
    name: 'efficiency',
    tab: 'Efficiency',
    axis: 'Parallel efficiency',
    scale: 'linear',
    of: (row) => row.efficiency,
    fromTime: (time, n, base) => work(base) / (n * time),
    ideal: () => 1,
    format: (value) => percent(value, value < 0.1 ? 1 : 0),
    formatTick: (value) => percent(value),
  },
  {
    name: 'cost',
    tab: 'Cost',
    axis: 'Device-seconds per epoch',
    scale: 'log',
    of: (row) => row.cost,
    fromTime: (time, n) => n * time,
    ideal: (_, base) => work(base),
    format: (value) => `${significant(value)} device-seconds`,
    formatTick: plainTick,
  },
  {
    name: 'steps',
    tab: 'Steps',
    axis: 'Steps per epoch',
    scale: 'log',
    of: (row) => row.steps,
    ideal: (n, { samples, batchPerDevice }) =>
      samples === null || batchPerDevice === null ? null : samples / (batchPerDevice * n),
    format: (value) => `${significant(value)} ${value === 1 ? 'step' : 'steps'}`,
    formatTick: plainTick,
  },
  {
    name: 'imbalance',
    tab: 'Imbalance',
    axis: 'Slowest rank / mean rank',
    scale: 'linear',
    of: (row) => row.imbalance,
    ideal: () => 1,
    format: (value) => `${value.toFixed(3)}, slowest rank / mean rank`,
    formatTick: plainTick,
  },
];

export function quantityNamed(name: QuantityName): Quantity {
  return quantities.find((quantity) => quantity.name === name) ?? quantities[0]!;
}
