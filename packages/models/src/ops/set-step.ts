import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel } from './op.ts';

/**
 * What Set2Set does at each step behind its gates' layer, for backends with kernels of ours: blocks/set2set.ts has the
 * equations, and the composed form. Between steps everything is in one tensor, the memory [M, 3 F]: the query q, what
 * was read r, and the LSTM's cell c.
 */

export function hasSetSteps(): boolean {
  return hasKernel('LstmCell') && hasKernel('Attend');
}

/**
 * @param gates - [M, 4 F] i, f, g, o side by side, before their sigmoids and tanh
 * @param memory - [M, 3 F] of the step before
 * @param x - [N, F] sorted by molecule
 * @param start - [M + 1] int32: molecule m has the atoms start[m] .. start[m + 1] - 1, one at least
 * @returns [M, 3 F] the memory of this step
 */
export function setStep(gates: Tensor2D, memory: Tensor2D, x: Tensor2D, start: Tensor1D): Tensor2D {
  return differentiable<Tensor2D, [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor1D]>(
    [gates, memory, x],
    (save) => {
      // [M, 2 F] q and c
      const state = runKernel<Tensor2D>('LstmCell', { gates, memory });
      const [next, attention] = runKernel<[Tensor2D, Tensor1D]>('Attend', { state, x, start });
      save(gates, memory, x, state, attention);
      return next;
    },
    (dnext, [savedGates, savedMemory, savedX, state, attention]) => {
      const inputs = { state, x: savedX, start, attention, dnext };
      const [dstate, dx] = runKernel<Tensor[]>('AttendGradient', inputs);
      const before = { gates: savedGates, memory: savedMemory, dstate };
      const [dgates, dmemory] = runKernel<Tensor[]>('LstmCellGradient', before);
      return [dgates, dmemory, dx];
    },
  );
}

/**
 * The gates' layer for a memory [M, 3 F]: [W_q + W_hh | W_r | 0], W_ih being [W_q | W_r].
 *
 * @param input - [4 F, 2 F] W_ih
 * @param recurrent - [4 F, F] W_hh
 * @returns [4 F, 3 F]
 */
export function memoryWeight(input: Tensor2D, recurrent: Tensor2D): Tensor2D {
  return differentiable<Tensor2D, []>(
    [input, recurrent],
    () => runKernel('MemoryWeight', { input, recurrent }),
    (dweight) => runKernel<Tensor[]>('MemoryWeightGradient', { dweight }),
  );
}
