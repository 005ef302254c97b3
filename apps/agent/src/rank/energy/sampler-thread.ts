import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parentPort, workerData } from 'node:worker_threads';
import { wattsOf } from './gpu-list.ts';
import { clock, type SamplerInput, SharedPower } from './power.ts';

/** Samples a GPU's power for as long as its rank lives: nvidia-smi prints a line a sample. */

const { uuid, milliseconds, shared } = workerData as SamplerInput;
const power = new SharedPower(shared);

const child = spawn(
  'nvidia-smi',
  [
    ...[`--id=${uuid}`, '--query-gpu=power.draw', '--format=csv,noheader,nounits'],
    `--loop-ms=${milliseconds}`,
  ],
  { stdio: ['ignore', 'pipe', 'ignore'] },
);
child.on('error', () => process.exit());
// Where the rank is killed the pipe closes, and nvidia-smi ends at its next line.
child.on('exit', () => process.exit());
createInterface(child.stdout).on('line', (line) => {
  const watts = wattsOf(line);
  if (!Number.isNaN(watts)) power.add(watts, clock());
});
parentPort?.once('message', () => child.kill('SIGKILL'));
