import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the peer is: PyTorch Geometric, and what its DimeNet imports besides. */
const packages = ['torch', 'torch-geometric', 'numpy', 'scipy', 'sympy'];
const folder = fileURLToPath(new URL('.venv/', import.meta.url));

/** Whether a Python has PyTorch Geometric. */
function hasPeer(python: string): boolean {
  return existsSync(python) && spawnSync(python, ['-c', 'import torch_geometric, scipy, sympy']).status === 0;
}

/**
 * Path of a Python with PyTorch Geometric: the one that LITMATTER_PYG_PYTHON names, else that of bench/.venv, which is
 * made with pip the first time it is asked for. Where the machine cannot make it, says why and ends with exit code 3.
 */
export function peerPython(): string {
  const named = process.env.LITMATTER_PYG_PYTHON;
  if (named !== undefined) {
    if (hasPeer(named)) return named;
    lacking(`LITMATTER_PYG_PYTHON is ${named}, which has no torch-geometric. Name another Python, or none.`);
  }
  const python = join(folder, 'bin', 'python');
  if (hasPeer(python)) return python;
  if (spawnSync('python3', ['-m', 'venv', '--help']).status !== 0) {
    lacking('There is no python3 with venv here: apt-get install -y python3 python3-venv');
  }
  process.stderr.write(`Installing ${packages.join(', ')} into bench/.venv, once ...\n`);
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: ['ignore', 2, 2] });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: ['ignore', 2, 2] });
  } catch {
    lacking('pip could not install PyTorch Geometric (see above): mend that and run this again.');
  }
  return python;
}

function lacking(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(3);
}
