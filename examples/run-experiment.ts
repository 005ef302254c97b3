/**
 * An experiment from a program: a grid of device counts, run here, and the law its times follow.
 *
 *   npx node examples/run-experiment.ts
 *
 * The same statements work in the cells of a notebook with a TypeScript kernel: examples/notebook.md.
 */
import { runExperiment } from '@litmatter/agent';

const { runs, fits, folder } = await runExperiment(
  {
    name: 'SchNet from a script',
    models: [{ name: 'schnet', preset: 'small' }],
    dataset: { name: 'bundled', target: 'dipole', limit: 300 },
    training: { epochs: 3, batchPerDevice: 16 },
    devices: [1, 2],
    // On a cluster: launcher: { name: 'slurm', gpus: true }
  },
  {
    onEvent: (event, run) => {
      if (event.type === 'epoch')
        console.log(`${run.spec.devices}: epoch ${event.epoch}, ${event.seconds} s`);
    },
  },
);

console.table(
  runs.map(({ devices, state, seconds, validationMae }) => ({ devices, state, seconds, validationMae })),
);
// The laws, as `litmatter fit --json` prints them: exponents with intervals, weights, warnings.
console.dir(fits, { depth: 3 });
console.log(`Kept in ${folder}: npx litmatter serve --data ${folder}`);
