import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRapl, openRapl } from '../../../src/rank/energy/rapl.ts';
import { temporaryFolder } from '../../support.ts';

interface ZoneText {
  readonly name: string;
  readonly energy: number | string;
  readonly range?: number;
}

/** A folder as Linux shows the counters in: one folder a zone, flat. */
function powercap(zones: Readonly<Record<string, ZoneText>>) {
  const folder = temporaryFolder();
  for (const [zone, { name, energy, range }] of Object.entries(zones)) {
    mkdirSync(join(folder, zone));
    writeFileSync(join(folder, zone, 'name'), `${name}\n`);
    writeFileSync(join(folder, zone, 'energy_uj'), `${energy}\n`);
    if (range !== undefined) writeFileSync(join(folder, zone, 'max_energy_range_uj'), `${range}\n`);
  }
  const set = (zone: string, energy: number | string) =>
    writeFileSync(join(folder, zone, 'energy_uj'), `${energy}\n`);
  return { folder, set };
}

const range = 262_143_328_850;

describe("a host's counters", () => {
  it('are its packages and their memory; parts of a package, the board and doubles are not added', () => {
    const { folder, set } = powercap({
      'intel-rapl:0': { name: 'package-0', energy: 1e6, range },
      'intel-rapl:0:0': { name: 'core', energy: 5e6, range },
      'intel-rapl:0:1': { name: 'dram', energy: 2e6, range },
      'intel-rapl:1': { name: 'package-1', energy: 0, range },
      'intel-rapl:2': { name: 'psys', energy: 0, range },
      'intel-rapl-mmio:0': { name: 'package-0', energy: 0, range },
      dtpm: { name: 'package', energy: 0 },
    });
    expect(findRapl(folder)).toMatchObject({ packages: 2, zones: { length: 3 } });
    const rapl = openRapl('n1', folder)!;
    expect(rapl.name).toBe('n1');
    const before = rapl.read();
    set('intel-rapl:0', 3e6);
    set('intel-rapl:0:0', 9e6);
    set('intel-rapl:0:1', 2.5e6);
    set('intel-rapl:1', 1e6);
    set('intel-rapl:2', 9e6);
    expect(rapl.read() - before).toBeCloseTo(2 + 0.5 + 1, 9);
  });

  it('that go round go on', () => {
    const { folder, set } = powercap({ 'intel-rapl:0': { name: 'package-0', energy: range - 3e6, range } });
    const rapl = openRapl('n1', folder)!;
    const before = rapl.read();
    set('intel-rapl:0', 4e6);
    expect(rapl.read() - before).toBeCloseTo(7, 6);
  });

  it('sum up to what was spent however often they go round, looked at in between', () => {
    const small = 1_000_000;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: small - 1 }), { maxLength: 40 }), (spent) => {
        const { folder, set } = powercap({ 'intel-rapl:0': { name: 'package-0', energy: 0, range: small } });
        const rapl = openRapl('n1', folder)!;
        const before = rapl.read();
        let total = 0;
        for (const one of spent) {
          total += one;
          set('intel-rapl:0', total % small);
          rapl.read();
        }
        expect(rapl.read() - before).toBeCloseTo(total / 1e6, 6);
      }),
      { numRuns: 20 },
    );
  });

  it('are looked at while an epoch lasts, half a minute apart', () => {
    const { folder, set } = powercap({
      'intel-rapl:0': { name: 'package-0', energy: 0, range: 1_000_000 },
    });
    let time = 0;
    const rapl = openRapl('n1', folder, () => time)!;
    for (const energy of [600_000, 200_000, 900_000]) {
      set('intel-rapl:0', energy);
      time += 31_000;
      rapl.tick();
    }
    expect(rapl.read()).toBeCloseTo(0.6 + 0.6 + 0.7, 9);
    // Not at every step.
    set('intel-rapl:0', 'away');
    rapl.tick();
    set('intel-rapl:0', 950_000);
    expect(rapl.read()).toBeCloseTo(1.95, 9);
  });

  it('that cannot be read any more say nothing from then on', () => {
    const { folder, set } = powercap({ 'intel-rapl:0': { name: 'package-0', energy: 1, range } });
    const rapl = openRapl('n1', folder)!;
    rmSync(join(folder, 'intel-rapl:0'), { recursive: true });
    expect(rapl.read()).toBeNaN();
    mkdirSync(join(folder, 'intel-rapl:0'));
    set('intel-rapl:0', 5e6);
    expect(rapl.read()).toBeNaN();
  });

  it('without a range say nothing once they have gone round', () => {
    const { folder, set } = powercap({ 'intel-rapl:0': { name: 'package-0', energy: 9e6 } });
    const rapl = openRapl('n1', folder)!;
    set('intel-rapl:0', 10e6);
    expect(rapl.read()).toBeCloseTo(1, 9);
    set('intel-rapl:0', 1e6);
    expect(rapl.read()).toBeNaN();
  });

  it('are not there on a machine without them, and not used where one of them may not be read', () => {
    expect(openRapl('n1', temporaryFolder())).toBeUndefined();
    expect(openRapl('n1', '/no/such/folder')).toBeUndefined();
    const { folder, set } = powercap({
      'intel-rapl:0': { name: 'package-0', energy: 1, range },
      'intel-rapl:1': { name: 'package-1', energy: 1, range },
    });
    // Root reads what it may not; an odd text stands for that.
    chmodSync(join(folder, 'intel-rapl:1', 'energy_uj'), 0o600);
    set('intel-rapl:1', '');
    expect(openRapl('n1', folder)).toBeUndefined();
    expect(findRapl(folder)).toEqual({ refused: join(folder, 'intel-rapl:*', 'energy_uj') });
  });
});
