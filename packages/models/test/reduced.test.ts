import { describe, expect, it } from 'vitest';
import { startBackend } from '../src/backend/node.ts';
import { dimenetParity, nnconvParity, pnaParity, schnetParity } from '../src/parity.ts';
import { goldenInputs, goldenReduced } from './support/golden.ts';

const { schnet, nnconv, dimenet, pna } = goldenReduced;

describe('at a reduced size', () => {
  it.each([
    ['SchNet', () => schnetParity(goldenInputs, schnet, schnet.options)],
    ['NNConv', () => nnconvParity(goldenInputs, nnconv, nnconv.options)],
    ['DimeNet', () => dimenetParity(goldenInputs, dimenet, dimenet.options)],
    ['PNA', () => pnaParity(pna, 'current', true, pna.options)],
  ])('%s equals PyTorch Geometric', async (_, run) => {
    await startBackend('wasm');
    const { outputs, gradients } = await run();
    expect(outputs).toBeLessThan(1e-5);
    expect(gradients).toBeLessThan(1e-4);
  });
});
