import { readFileSync } from 'node:fs';
import { clusterNode } from '@litmatter/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionOf, decodeNodes } from '../../../src/launchers/slurm/nodes.ts';
import { withoutSome } from './odd.ts';

const fixture = (version: string) =>
  readFileSync(new URL(`./fixtures/sinfo-${version}.json`, import.meta.url), 'utf8');

describe('nodes', () => {
  it('are read as Slurm 22.05 tells them, one record a node', () => {
    const { release, nodes } = decodeNodes(fixture('22.05'));
    expect(release).toBe('22.05.8');
    expect(nodes.map((node) => [node.name, node.condition, node.cpus.used, node.gpus[0]!.used])).toEqual([
      ['n1', 'full', 2, 1],
      ['n2', 'mixed', 1, 1],
      ['n3', 'idle', 0, 0],
      ['n4', 'drained', 0, 0],
    ]);
    expect(nodes[0]).toMatchObject({
      partitions: ['main', 'urgent'],
      cpus: { total: 2 },
      memoryBytes: { total: 2_000 * 2 ** 20, used: 0 },
      gpus: [{ type: 'v100', total: 2 }],
      reason: null,
    });
    expect(nodes[3]!.reason).toEqual({ text: 'fan broken', by: 'root', at: 1_795_424_269_000 });
  });

  it.each([
    ['24.11', 'a record for each node and partition'],
    ['sets-24.11', 'without --Node, a record for each partition and set of nodes that are alike'],
  ])('are read as Slurm 24.11 tells them (sinfo-%s): %s', (version) => {
    const { release, nodes } = decodeNodes(fixture(version));
    expect(release).toBe('24.11.5');
    const told = nodes.map(({ name, condition, state, cpus, gpus }) =>
      [name, condition, `(${state})`, cpus.used, gpus[0]!.used].join(' '),
    );
    expect(told.sort()).toEqual([
      'n1 full (allocated) 4 2',
      'n2 full (allocated) 4 2',
      'n3 drained (idle + drain) 0 0',
      'n4 mixed (mixed + completing) 2 1',
      'n5 down (down + not responding) 0 0',
      'n6 draining (mixed + drain) 2 1',
      'n7 reserved (idle + reserved + maintenance) 0 0',
      'n8 mixed (mixed) 2 2',
    ]);
    const by = new Map(nodes.map((node) => [node.name, node]));
    expect(by.get('n3')).toMatchObject({
      partitions: ['main', 'urgent'],
      cpus: { total: 4 },
      memoryBytes: { total: 2_000 * 2 ** 20, used: 0 },
      gpus: [{ type: 'v100', total: 2 }],
      reason: { text: 'ECC errors on GPU 1', by: 'root', at: 1_795_915_890_000 },
    });
    expect(by.get('n5')!.reason?.text).toBe('Not responding');
    // It names who made the reservation, and no reason.
    expect(by.get('n7')!.reason).toBeNull();
  });

  it('are read where sites have several kinds of GPU, or none, or nodes that are switched off', () => {
    const { release, nodes } = decodeNodes(fixture('written'));
    expect(release).toBe('24.05.4');
    const by = new Map(nodes.map((node) => [node.name, node]));
    expect([...by.values()].map(({ name, condition }) => `${name} ${condition}`)).toEqual([
      'gpu01 mixed',
      'gpu02 full',
      'gpu03 idle',
      'gpu04 drained',
      'gpu05 draining',
      'cpu001 idle',
      'cpu002 idle',
      'cpu003 idle',
      'cpu004 down',
      'cpu005 off',
      'cpu006 reserved',
    ]);
    expect(by.get('gpu01')).toMatchObject({
      partitions: ['gpu', 'debug'],
      cpus: { total: 64, used: 32 },
      gpus: [{ type: 'a100', total: 4, used: 3 }],
    });
    expect(by.get('gpu05')!.gpus).toEqual([
      { type: 'a100_3g.20gb', total: 2, used: 1 },
      { type: 'a100', total: 2, used: 1 },
    ]);
    expect(by.get('gpu04')!.reason).toEqual({
      text: 'ECC errors on GPU 2',
      by: 'root',
      at: 1_795_400_000_000,
    });
    // Sums over three nodes are each node's third.
    expect(by.get('cpu002')).toMatchObject({
      cpus: { total: 128, used: 0 },
      memoryBytes: { total: 256_000 * 2 ** 20 },
      gpus: [],
    });
  });

  it('whose fields are missing or odd are still told, with what is known', () => {
    for (const version of ['22.05', '24.11', 'written']) {
      const whole = JSON.parse(fixture(version)) as Record<string, unknown>;
      fc.assert(
        fc.property(withoutSome(whole), (odd) => {
          let read: ReturnType<typeof decodeNodes> | undefined;
          try {
            read = decodeNodes(JSON.stringify(odd));
          } catch (error) {
            // Only an answer that lists no nodes at all is refused, in words.
            expect((error as Error).message).not.toMatch(/undefined|not a function|Cannot read/);
          }
          for (const node of read?.nodes ?? []) expect(clusterNode.parse(node)).toEqual(node);
        }),
      );
      // One field at a time hides no other node.
      const list = (whole.nodes ?? whole.sinfo) as Record<string, unknown>[];
      const count = decodeNodes(JSON.stringify(whole)).nodes.length;
      for (const key of Object.keys(list[0]!).filter((one) => one !== 'name' && one !== 'nodes')) {
        for (const value of [null, 'odd', 7, [], {}, true]) {
          const [first, ...rest] = list;
          const changed = {
            ...whole,
            [whole.nodes ? 'nodes' : 'sinfo']: [{ ...first, [key]: value }, ...rest],
          };
          expect(decodeNodes(JSON.stringify(changed)).nodes, `${key} ${String(value)}`).toHaveLength(count);
        }
      }
    }
  });

  it('are refused where the answer lists none, and where it is empty with an error', () => {
    expect(() => decodeNodes('{"jobs": []}')).toThrow('it lists no nodes');
    expect(() => decodeNodes('slurm_load_node error')).toThrow();
    const errors = [{ error: 'Unable to contact slurm controller (connect failure)' }];
    expect(() => decodeNodes(JSON.stringify({ nodes: [], errors }))).toThrow('Unable to contact');
    expect(decodeNodes('{"nodes": [], "errors": []}').nodes).toEqual([]);
  });
});

it('what can be had of a node goes by all of its states', () => {
  expect(conditionOf(['IDLE'])).toBe('idle');
  expect(conditionOf(['IDLE', 'COMPLETING'])).toBe('full');
  expect(conditionOf(['ALLOCATED', 'DRAIN'])).toBe('draining');
  expect(conditionOf(['MIXED', 'NOT_RESPONDING'])).toBe('down');
  expect(conditionOf(['DOWN', 'DRAIN'])).toBe('down');
  expect(conditionOf(['IDLE', 'MAINTENANCE'])).toBe('reserved');
  expect(conditionOf(['NEW_IN_SLURM_30'])).toBe('unknown');
  expect(conditionOf([])).toBe('unknown');
});
