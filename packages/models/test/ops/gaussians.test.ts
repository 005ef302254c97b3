import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../src/backend/node.ts';
import { gaussianBasis, gaussians } from '../../src/ops/gaussians.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { isAvailable, nodeBackends } from '../support/backends.ts';
import { goldenSchNet } from '../support/golden.ts';
import { expectClose } from '../support/gradients.ts';

const { centres, coefficient } = gaussianBasis(0, 10, 50);
const distances = Float32Array.from([0, 0.9577755928039551, 1.5, 9.999]);
const expanded = () => tidy(() => gaussians(tensor1d(distances), tensor1d(centres), coefficient).dataSync());
const wanted = Array.from(distances).flatMap((d) =>
  Array.from(centres, (mu) => Math.exp(coefficient * (d - mu) ** 2)),
);

describe('the Gaussian basis', () => {
  it("is PyG's, coefficient included", () => {
    expect(coefficient).toBe(goldenSchNet.coeff);
    expect(centres[0]).toBe(0);
    expect(centres[49]).toBe(10);
  });
});

describe.each(nodeBackends)('Gaussians on %s', (backend) => {
  const works = it.skipIf(!isAvailable(backend));
  beforeAll(async () => {
    if (isAvailable(backend)) await startBackend(backend);
  });

  works('are their formula', () => expectClose(expanded(), wanted, 2e-6));
  works('are the same composed', () => expectClose(withComposedOps(expanded), wanted, 2e-6));
});
