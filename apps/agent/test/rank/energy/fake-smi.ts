import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support.ts';

/** A program that answers as nvidia-smi does: two GPUs, a line every `--loop-ms`, as many lines as told. */
export function fakeSmi(watts: string, lines = 1_000_000): void {
  const folder = temporaryFolder();
  const program = `#!/bin/sh
case "$*" in
  *--query-gpu=index,uuid,power.draw*) printf '0, GPU-aaaa, 50.00\\n1, GPU-bbbb, ${watts}\\n' ;;
  *--id=GPU-bbbb*--loop-ms=*) i=0; while [ $i -lt ${lines} ]; do echo '${watts}'; i=$((i + 1)); sleep 0.05; done ;;
  *) exit 9 ;;
esac
`;
  writeFileSync(join(folder, 'nvidia-smi'), program);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${before}`;
  onTestFinished(() => {
    process.env.PATH = before;
  });
}
