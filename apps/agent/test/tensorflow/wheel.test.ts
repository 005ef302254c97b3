import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cudaRequirements, libraryNames, requirements } from '../../src/tensorflow/wheel.ts';
import { temporaryFolder } from '../backends/machine.ts';

const extractor = fileURLToPath(new URL('../../src/tensorflow/extract.py', import.meta.url));
const noPython = spawnSync('python3', ['--version']).status !== 0;

describe('the wheel', () => {
  test('is asked for in the release that was tried, then in any that may do', () => {
    expect(requirements(false, 'linux')).toEqual([
      'tensorflow-cpu==2.21.*',
      'tensorflow-cpu>=2.16,<3',
      'tensorflow==2.21.*',
      'tensorflow>=2.16,<3',
    ]);
    for (const list of [requirements(true, 'linux'), requirements(false, 'darwin')]) {
      expect(list[0]).toBe('tensorflow==2.21.*');
    }
  });

  test("names CUDA's libraries among its extras", () => {
    const metadata = [
      'Requires-Dist: numpy>=1.26.0',
      'Requires-Dist: nvidia-cublas-cu12 <13.0,>=12.5.3.2 ; extra == "and-cuda"',
      "Requires-Dist: nvidia-nccl-cu12 (==2.25.1) ; extra == 'and-cuda'",
      'Requires-Dist: nvidia-something ; extra == "other"',
    ].join('\n');
    expect(cudaRequirements(metadata)).toEqual([
      'nvidia-cublas-cu12<13.0,>=12.5.3.2',
      'nvidia-nccl-cu12==2.25.1',
    ]);
  });

  test.skipIf(noPython)(
    'gives up the two libraries, the headers the binding wants, and CUDA with its programs',
    () => {
      const folder = temporaryFolder();
      const binding = join(folder, 'binding');
      mkdirSync(binding);
      writeFileSync(join(binding, 'a.cc'), '#include "tensorflow/c/c_api.h"\n#include <vector>\n');
      const [main, framework] = libraryNames();
      const files: Record<string, string> = {
        [`tensorflow/${main}`]: 'main',
        [`tensorflow/${framework}`]: 'framework',
        'tensorflow/python/other.so.2': 'not wanted',
        'tensorflow/include/tensorflow/c/c_api.h':
          '#include "tensorflow/c/deeper.h"\n  # include <tsl/x.h>\n',
        'tensorflow/include/tensorflow/c/deeper.h': '#include "tensorflow/c/c_api.h"',
        'tensorflow/include/tsl/x.h': '',
        'tensorflow/include/tensorflow/core/unused.h': '',
        'nvidia/cublas/lib/libcublas.so.12': 'cublas',
        'nvidia/cublas/include/cublas.h': 'not wanted',
        'nvidia/cuda_nvcc/bin/ptxas': 'ptxas',
      };
      const wheel = join(folder, 'made.whl');
      const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, text in json.loads(sys.argv[2]).items():
        info = zipfile.ZipInfo(name)
        info.external_attr = (0o755 if name.endswith("ptxas") else 0o644) << 16
        wheel.writestr(info, text)
`;
      execFileSync('python3', ['-c', script, wheel, JSON.stringify(files)]);
      const target = join(folder, 'deps');
      const out = execFileSync('python3', [extractor, target, binding, wheel], { encoding: 'utf8' });

      expect(readFileSync(join(target, 'lib', main), 'utf8')).toBe('main');
      expect(readFileSync(join(target, 'lib', framework), 'utf8')).toBe('framework');
      for (const header of ['tensorflow/c/c_api.h', 'tensorflow/c/deeper.h', 'tsl/x.h']) {
        expect(existsSync(join(target, 'include', header))).toBe(true);
      }
      for (const left of [
        'include/tensorflow/core/unused.h',
        'nvidia/cublas/include/cublas.h',
        'lib/other.so.2',
      ]) {
        expect(existsSync(join(target, left))).toBe(false);
      }
      expect(statSync(join(target, 'nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).not.toBe(0);
      expect(statSync(join(target, 'nvidia/cublas/lib/libcublas.so.12')).mode & 0o111).toBe(0);
      const { bytes, total } = JSON.parse(out.trim().split('\n').at(-1)!) as { bytes: number; total: number };
      expect(bytes).toBe(total);
    },
  );

  test.skipIf(noPython)('cannot write outside the folder it is unpacked in', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'binding'));
    const wheel = join(folder, 'bad.whl');
    const script =
      'import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1], "w") as w: w.writestr("nvidia/../../out.txt", "x")';
    execFileSync('python3', ['-c', script, wheel]);
    const { status, stderr } = spawnSync(
      'python3',
      [extractor, join(folder, 'deps'), join(folder, 'binding'), wheel],
      {
        encoding: 'utf8',
      },
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain('would leave the folder');
    expect(existsSync(join(folder, 'out.txt'))).toBe(false);
  });
});
