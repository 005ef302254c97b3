import { describe, expect, test } from 'vitest';
import { runTool } from '../../src/backends/tool.ts';
import { startOf } from '../../src/launchers/processes.ts';

describe('a program of the machine', () => {
  test('is heard line by line, on both of its streams', async () => {
    const heard: string[] = [];
    const end = await runTool('sh', ['-c', 'echo one; echo two >&2; exit 3'], {
      onLine: (line) => heard.push(line),
    });
    expect(heard.toSorted()).toEqual(['one', 'two']);
    expect(end).toMatchObject({ code: 3, stalled: false });
    expect(end.output.split('\n').toSorted()).toEqual(['one', 'two']);
  });

  test('that is not there ends without a code, and says so', async () => {
    const { code, output } = await runTool('no-such-program', []);
    expect(code).toBeNull();
    expect(output).toContain('ENOENT');
  });

  test('ends with what it started once it is interrupted', async () => {
    const stop = new AbortController();
    const pids: number[] = [];
    const run = runTool('sh', ['-c', 'sleep 60 & echo $!; wait'], {
      signal: stop.signal,
      onLine: (line) => {
        pids.push(Number(line));
        stop.abort();
      },
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(pids).toHaveLength(1);
    await expect.poll(() => startOf(pids[0]!)).toBeUndefined();
  });

  test('is ended where it has stalled', async () => {
    const end = await runTool('sleep', ['60'], { stalled: () => true });
    expect(end).toMatchObject({ code: null, stalled: true });
  });
});
