import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-install-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * The environment of a machine that has only these programs, each a shell script, and the basics a script needs.
 * The script sees its arguments; `exit 1` makes a program that does not work.
 */
export function machineWith(programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const bin = join(temporaryFolder(), 'bin');
  mkdirSync(bin);
  for (const basic of ['sh', 'sleep', 'mkdir', 'cat', 'touch'])
    symlinkSync(`/bin/${basic}`, join(bin, basic));
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { PATH: bin, HOME: bin };
}

/** Programs that answer and do nothing. */
export const able = { npm: 'exit 0', python3: 'exit 0', 'g++': 'exit 0', 'apt-get': 'exit 0' };
