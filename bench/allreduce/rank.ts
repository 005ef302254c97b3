import { MpiCollective } from '@litmatter/agent/mpi/collective';
import { loadMpi } from '@litmatter/agent/mpi/library';

/**
 * Our all-reduce, as a rank of training does it: arguments "how floats repeats ..."; rank 0 prints "floats seconds" a
 * line. "whole": at once. "parts": started in parts of 512 KiB one after another, with nothing to compute between.
 */

const partFloats = 2 ** 17;

const mpi = loadMpi();
const collective = new MpiCollective(mpi, mpi.initialise());
const [how, ...words] = process.argv.slice(2);
const plan = words.map(Number);
for (let at = 0; at + 1 < plan.length; at += 2) {
  const [floats, repeats] = [plan[at]!, plan[at + 1]!];
  const values = new Float32Array(floats);
  for (let i = 0; i < repeats; i++) {
    values.fill(1e-3);
    await collective.barrier();
    const began = performance.now();
    let from = 0;
    if (how === 'parts') {
      for (; from + partFloats < floats; from += partFloats) {
        collective.startAllReduce(values.subarray(from, from + partFloats));
      }
    }
    await collective.allReduce(values.subarray(from));
    const seconds = (performance.now() - began) / 1e3;
    if (collective.rank === 0) process.stdout.write(`${floats} ${seconds}\n`);
  }
}
mpi.finalise();
