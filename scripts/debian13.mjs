// `node scripts/debian13.mjs COMMAND ...` runs a command of this project in a Debian 13 (Slurm 24.11, Open MPI 5, MPICH
// 4.2), which is built on the first call. Needs root; ends with the command's exit code.
import { bringDebian13, inDebian13 } from './lib/debian13.mjs';

const lacking = await bringDebian13();
if (lacking !== undefined) {
  console.error(`${lacking}.`);
  process.exit(3);
}
const words = process.argv.slice(2);
process.exit(await inDebian13(words.length > 0 ? words : ['bash']));
