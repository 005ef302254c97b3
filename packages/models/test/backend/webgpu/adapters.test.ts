import { describe, expect, test } from 'vitest';
import { adapterWords, chooseAdapter, listAdapters } from '../../../src/backend/webgpu/adapters.ts';
import { dawnThatSees } from './fake-dawn.ts';

const lavapipe = { name: 'llvmpipe (LLVM 15.0.6, 256 bits)', software: true };
const v100 = { name: 'Tesla V100-SXM2-32GB', software: false };
const a100 = { name: 'NVIDIA A100-SXM4-80GB', software: false };

const choice = (localRank: number, localRanks?: number, adapters = [a100, v100]) =>
  chooseAdapter(adapters, { localRank, ...(localRanks !== undefined && { localRanks }) }, {});

describe('the adapters of a machine', () => {
  test('are listed, those of hardware first, one of a kind as often as it is there', async () => {
    expect(await listAdapters(dawnThatSees([lavapipe, v100, v100]))).toEqual([v100, v100, lavapipe]);
    expect(await listAdapters(dawnThatSees([]))).toEqual([]);
  });

  test('are one a rank where their names tell them apart', () => {
    expect(choice(0, 2)).toMatchObject({ name: a100.name, shared: false });
    expect(choice(1, 2)).toMatchObject({ name: v100.name, shared: false });
    expect(choice(2, 3)).toMatchObject({ name: a100.name, shared: true });
  });

  test('are shared, and said to be, where two have one name: Dawn cannot tell them apart', () => {
    expect(choice(1, 2, [v100, v100])).toMatchObject({ name: v100.name, ofName: 2, shared: true });
    expect(choice(0, 1, [v100, v100])).toMatchObject({ shared: false });
  });

  test('are of unknown sharing where the ranks of the host are not known', () => {
    expect(choice(0)!.shared).toBeUndefined();
  });

  test("are a rank's own where Slurm gave it one and hides the others, and only there", () => {
    const seat = { localRank: 1, ownGpu: true };
    expect(chooseAdapter([v100], seat, {})).toMatchObject({ shared: false });
    expect(chooseAdapter([v100, v100], seat, {})!.shared).toBeUndefined();
  });

  test('are software only where there is no other, or it was asked for', () => {
    expect(choice(1, 2, [v100, lavapipe])).toMatchObject({ name: v100.name, shared: true });
    expect(choice(0, 1, [lavapipe])).toMatchObject(lavapipe);
    const asked = chooseAdapter([v100, lavapipe], { localRank: 0 }, { LITMATTER_WEBGPU_ADAPTER: 'llvmpipe' });
    expect(asked).toMatchObject(lavapipe);
    const nobody = chooseAdapter([v100], { localRank: 0 }, { LITMATTER_WEBGPU_ADAPTER: 'Radeon' });
    expect(nobody).toBeUndefined();
  });

  test('are called software where they are', () => {
    expect([v100, lavapipe].map(adapterWords)).toEqual([v100.name, `${lavapipe.name}, software`]);
  });
});
