import { MpiCollective } from '@litmatter/agent/mpi/collective';
import { loadMpi } from '@litmatter/agent/mpi/library';

/** Our all-reduce, as a rank of training does it: arguments "floats repeats ..."; rank 0 prints "floats seconds" a line. */

const mpi = loadMpi();
const collective = new MpiCollective(mpi, mpi.initialise());
const plan = process.argv.slice(2).map(Number);
for (let at = 0; at + 1 < plan.length; at += 2) {
  const [floats, repeats] = [plan[at]!, plan[at + 1]!];
  const values = new Float32Array(floats);
  for (let i = 0; i < repeats; i++) {
    values.fill(1e-3);
    await collective.barrier();
    const began = performance.now();
    await collective.allReduce(values);
    const seconds = (performance.now() - began) / 1e3;
    if (collective.rank === 0) process.stdout.write(`${floats} ${seconds}\n`);
  }
}
mpi.finalise();
