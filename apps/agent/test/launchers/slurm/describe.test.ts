import { readFileSync } from 'node:fs';
import { LackingError } from '@litmatter/protocol';
import { describe, expect, it } from 'vitest';
import { type Ask, NoAnswerError } from '../../../src/launchers/slurm/commands.ts';
import { decodePartitions, describing } from '../../../src/launchers/slurm/describe.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8');

/** Answers as a Slurm 22.05 would, or fails as told. */
function slurm(): { ask: Ask; asked: string[]; fail: (error: Error | undefined) => void } {
  let failure: Error | undefined;
  const asked: string[] = [];
  const ask: Ask = async (program, words) => {
    asked.push([program, ...words].join(' '));
    if (words[0] === '--version') return 'slurm 22.05.8\n';
    if (failure) throw failure;
    if (program === 'squeue') return fixture('squeue-22.05');
    return words.includes('--json') ? fixture('sinfo-22.05') : 'main*|up|1-00:00:00\nurgent|drain|infinite\n';
  };
  return {
    ask,
    asked,
    fail: (error) => {
      failure = error;
    },
  };
}

describe('a cluster', () => {
  it('is described by one look at nodes, queue and partitions', async () => {
    const { ask, asked } = slurm();
    const read = (await describing(ask)())!;
    expect(read).toMatchObject({ version: 'slurm 22.05.8', problem: null });
    expect(read.nodes).toHaveLength(4);
    expect(read.jobs).toHaveLength(4);
    expect(read.partitions).toEqual([
      { name: 'main', standard: true, state: 'up', timeLimitSeconds: 86_400, waiting: 1 },
      { name: 'urgent', standard: false, state: 'drain', timeLimitSeconds: null, waiting: 1 },
    ]);
    expect(asked).toHaveLength(4);
  });

  it('that there is none is no fault', async () => {
    const ask: Ask = async () => Promise.reject(new LackingError('There is no "sinfo" here.'));
    expect(await describing(ask)()).toBeUndefined();
  });

  it('that is not there although Slurm is installed is none either, unless it was there before', async () => {
    const alone = new Error(
      'sinfo: fetch_config: DNS SRV lookup failed\nsinfo: fatal: Could not establish a configuration source',
    );
    expect(await describing(async () => Promise.reject(alone))()).toBeUndefined();
    const { ask } = slurm();
    let gone = false;
    const look = describing(async (program, words) => {
      if (gone) throw alone;
      return ask(program, words);
    });
    const before = (await look())!;
    gone = true;
    const after = (await look())!;
    expect(after).toMatchObject({ version: before.version, at: before.at });
    expect(after.problem?.message).toMatch(/^Slurm cannot be read now: .*configuration source\.$/s);
  });

  it('that stops answering is told so, with what was last known and when', async () => {
    const { ask, fail } = slurm();
    const look = describing(ask);
    const before = (await look())!;
    fail(new NoAnswerError('sinfo had no answer within 10 s'));
    const broken = (await look())!;
    expect(broken.problem).toEqual({
      message: 'Slurm cannot be read now: sinfo had no answer within 10 s.',
      mend: 'scontrol ping',
    });
    expect(broken.at).toBe(before.at);
    expect(broken.nodes).toEqual(before.nodes);
    fail(undefined);
    expect((await look())!.problem).toBeNull();
  });

  it('that never answered has no nodes, and says why', async () => {
    const { ask, fail } = slurm();
    fail(new Error("sinfo: unrecognized option '--json'"));
    expect(await describing(ask)()).toMatchObject({
      at: null,
      nodes: [],
      jobs: [],
      problem: { message: expect.stringMatching(/JSON: it can from 21\.08 on/), mend: null },
    });
  });
});

it('partitions that no line tells of are known by their nodes', () => {
  expect(decodePartitions('', ['b', 'a', 'b'])).toEqual(
    ['b', 'a'].map((name) => ({ name, standard: null, state: null, timeLimitSeconds: null })),
  );
  expect(decodePartitions('odd\n|||\n', [])).toEqual([
    { name: 'odd', standard: false, state: null, timeLimitSeconds: null },
  ]);
});
