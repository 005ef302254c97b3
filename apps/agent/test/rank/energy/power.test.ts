import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findAllByArgument } from '../../../src/launchers/processes.ts';
import { gpuInUse, listGpus, wattsOf } from '../../../src/rank/energy/gpu-list.ts';
import { openGpuPower, SharedPower } from '../../../src/rank/energy/power.ts';
import { until } from '../../programs.ts';
import { temporaryFolder } from '../../support.ts';
import { fakeSmi } from './fake-smi.ts';

describe("a GPU's energy", () => {
  it('is its power, sampled by nvidia-smi while the rank computes, over the time', async () => {
    fakeSmi('200.00');
    const gpu = openGpuPower('1')!;
    onTestFinished(() => gpu.close());
    expect(gpu.name).toBe('GPU-bbbb');
    const [began, before] = [performance.now(), gpu.read()];
    const spent = await until(
      () => gpu.read() - before,
      (joules) => joules > 100,
      30,
    );
    // 200 W whatever the machine is busy with: joules over seconds, not a time.
    const seconds = (performance.now() - began) / 1e3;
    expect(spent).toBeLessThanOrEqual(200 * seconds + 1e-6);
  });

  it('leaves no program behind when the meter is closed', async () => {
    fakeSmi('200.00');
    const gpu = openGpuPower('GPU-bbbb')!;
    const running = () => findAllByArgument('--id=GPU-bbbb').length;
    await until(running, (count) => count > 0);
    gpu.close();
    await until(running, (count) => count === 0);
  });

  it('is not told where nvidia-smi does not tell power, or is not there', () => {
    fakeSmi('[N/A]');
    expect(openGpuPower('1')).toBeUndefined();
    process.env.PATH = temporaryFolder();
    expect(listGpus()).toEqual([]);
    expect(openGpuPower('1')).toBeUndefined();
  });
});

describe('samples', () => {
  it('are joined by straight lines; the last one goes on for a while, and then nothing is said', () => {
    const power = new SharedPower(SharedPower.make());
    expect(power.read(0)).toBeNaN();
    power.add(100, 10);
    power.add(300, 12);
    expect(power.read(12)).toBe(400);
    expect(power.read(13)).toBe(700);
    expect(power.read(18)).toBeNaN();
    power.add(300, 20);
    expect(power.read(20)).toBe(400 + 8 * 300);
  });

  it('of a constant power count it times the time', () => {
    const gap = fc.double({ min: 1e-3, max: 4, noNaN: true });
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 50 }), (gaps) => {
        const power = new SharedPower(SharedPower.make());
        let at = 5;
        power.add(80, at);
        for (const one of gaps) {
          at += one;
          power.add(80, at);
        }
        expect(power.read(at)).toBeCloseTo(80 * (at - 5), 6);
      }),
    );
  });
});

describe('the GPU of a rank', () => {
  const gpus = [
    { index: '0', uuid: 'GPU-aaaa', watts: 1 },
    { index: '1', uuid: 'GPU-bbbb', watts: 1 },
  ];

  it('is the first visible one, by number or uuid', () => {
    expect(gpuInUse(gpus, undefined)?.uuid).toBe('GPU-aaaa');
    expect(gpuInUse(gpus, '1,0')?.uuid).toBe('GPU-bbbb');
    expect(gpuInUse(gpus, 'GPU-bb')?.uuid).toBe('GPU-bbbb');
    expect(gpuInUse(gpus, '')).toBeUndefined();
    expect(gpuInUse(gpus, '-1')).toBeUndefined();
    expect(gpuInUse(gpus, '7')).toBeUndefined();
    // A task that Slurm shows one GPU only sees it as the only one, whatever its number was.
    expect(gpuInUse([gpus[1]!], '0')?.uuid).toBe('GPU-bbbb');
    expect(gpuInUse([], '0')).toBeUndefined();
  });

  it('tells its power as a number or not at all', () => {
    expect(wattsOf(' 61.38')).toBe(61.38);
    for (const text of ['[N/A]', '[Not Supported]', '', '-1', 'nan']) expect(wattsOf(text)).toBeNaN();
  });
});
