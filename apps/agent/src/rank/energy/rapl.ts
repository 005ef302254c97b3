import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnergySource } from './source.ts';

/**
 * Running Average Power Limit: counters of microjoules that processors of Intel and AMD keep, as Linux shows them
 * (Documentation/power/powercap). A package counts its cores and what is beside them, "dram" its memory. "psys", the
 * whole board where there is one, holds the packages, and "intel-rapl-mmio" shows them a second time: neither is added.
 */
export const raplFolder = '/sys/class/powercap';

const zonePattern = /^intel-rapl:\d+(?::\d+)?$/;

interface Zone {
  readonly file: string;
  /** Where the counter goes on from 0, microjoules. */
  readonly range: number;
}

export type RaplFound =
  | { readonly zones: readonly Zone[]; readonly packages: number }
  /** There are counters, and this user may not read them. */
  | { readonly refused: string }
  | undefined;

/** Undefined where the machine has no counters. */
export function findRapl(folder = raplFolder): RaplFound {
  const zones: Zone[] = [];
  let packages = 0;
  for (const entry of entriesOf(folder)) {
    if (!zonePattern.test(entry)) continue;
    const zone = join(folder, entry);
    const name = textOf(join(zone, 'name'));
    const isPackage = name?.startsWith('package') === true;
    if (!isPackage && name !== 'dram') continue;
    const file = join(zone, 'energy_uj');
    const range = Number(textOf(join(zone, 'max_energy_range_uj')) ?? Number.NaN);
    // Half of what a host takes is no figure for it.
    if (Number.isNaN(microjoules(file))) return { refused: join(folder, 'intel-rapl:*', 'energy_uj') };
    zones.push({ file, range });
    if (isPackage) packages++;
  }
  return packages === 0 ? undefined : { zones, packages };
}

/** A counter goes round in an hour at the soonest: so often it is surely looked at before it has done so twice. */
const lookMilliseconds = 30_000;

export interface Rapl extends EnergySource {
  /** To be called now and then while an epoch lasts, since a counter that goes round twice has not gone round at all. */
  tick(): void;
}

/** @param host - a name that no other machine has */
export function openRapl(host: string, folder = raplFolder, now = () => performance.now()): Rapl | undefined {
  const found = findRapl(folder);
  if (found === undefined || 'refused' in found) return undefined;
  const counters = found.zones.map((zone) => ({ ...zone, last: microjoules(zone.file) }));
  let joules = 0;
  let looked = now();
  const read = () => {
    looked = now();
    for (const counter of counters) {
      const value = microjoules(counter.file);
      const past = value - counter.last;
      // Without its range a counter that has gone round says nothing, and from then on the sum does not either.
      joules += (past >= 0 ? past : past + counter.range) / 1e6;
      counter.last = value;
    }
    return joules;
  };
  return {
    name: host,
    read,
    tick: () => {
      if (now() - looked > lookMilliseconds) read();
    },
    close: () => {},
  };
}

function microjoules(file: string): number {
  const text = textOf(file);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
