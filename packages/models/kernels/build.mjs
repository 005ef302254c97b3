// Compiles kernels/*.ts (AssemblyScript) into src/wasm/bytes.ts, once with relaxed SIMD (fused multiply-add) and once
// with plain SIMD for hosts that lack it. Run it after changing a kernel: `node packages/models/kernels/build.mjs`.
// A test holds the committed bytes to these sources.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const output = fileURLToPath(new URL('../src/wasm/bytes.ts', import.meta.url));

async function compile(relaxed) {
  let bytes;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      '--baseDir',
      folder,
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--noExportMemory',
    ]
      .concat(['--enable', 'simd', '--disableWarning', '112', '--outFile', 'kernels.wasm'])
      .concat(relaxed ? ['--enable', 'relaxed-simd'] : []),
    { writeFile: (_name, contents) => (bytes = contents) },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(bytes).toString('base64');
}

/** The text of src/wasm/bytes.ts for the present sources. */
export async function bytesModule() {
  const lines = [
    '// Made by kernels/build.mjs from kernels/*.ts: change those and run it again.',
    '',
    `export const relaxedSimd =\n  '${await compile(true)}';`,
    '',
    `export const plainSimd =\n  '${await compile(false)}';`,
    '',
  ];
  return lines.join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(output, await bytesModule());
