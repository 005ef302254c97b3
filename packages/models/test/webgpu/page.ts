/** What e2e/webgpu-kernels.e2e.ts calls in a page: the backend as the Prototype page starts it, and the checks. */
import { startBackend } from '../../src/backend/browser.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import {
  dimenetParity,
  type GoldenInputs,
  nnconvParity,
  type Parity,
  pnaParity,
  schnetParity,
} from '../../src/parity.ts';
import { webgpuKernelNames } from '../../src/webgpu/register.ts';
import type { goldenReduced } from '../support/golden.ts';
import { kernelChecks, runCheck } from './kernels.ts';

type GoldenRuns = typeof goldenReduced;
export type GoldenModel = keyof GoldenRuns;

const goldenModels: {
  [M in GoldenModel]: (inputs: GoldenInputs, runs: GoldenRuns) => Promise<Parity>;
} = {
  schnet: (inputs, { schnet }) => schnetParity(inputs, schnet, schnet.options),
  nnconv: (inputs, { nnconv }) => nnconvParity(inputs, nnconv, nnconv.options),
  dimenet: (inputs, { dimenet }) => dimenetParity(inputs, dimenet, dimenet.options),
  pna: (_, { pna }) => pnaParity(pna, 'current', true, pna.options),
};

export interface Door {
  start(): Promise<{ device: string; kernels: readonly string[]; checked: readonly string[] }>;
  check(name: string, runs: number, seed: number): Promise<number>;
  golden(model: GoldenModel, inputs: GoldenInputs, runs: GoldenRuns, composed: boolean): Promise<Parity>;
}

const door: Door = {
  async start() {
    const { device } = await startBackend('webgpu', { wasmPaths: 'none/' });
    const checked = Object.values(kernelChecks).flatMap(({ kernels }) => kernels);
    return { device, kernels: webgpuKernelNames, checked };
  },
  check: runCheck,
  golden(model, inputs, runs, composed) {
    const run = () => goldenModels[model](inputs, runs);
    return composed ? withComposedOps(run) : run();
  },
};

Object.assign(globalThis, { door });
