import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type InstallProgress, Reporter } from '../../src/backends/progress.ts';
import { compileBinding } from '../../src/tensorflow/binding.ts';
import { downloadOwn } from '../../src/tensorflow/own-download.ts';
import { type Building, packageFolder } from '../../src/tensorflow/package.ts';
import { able, machineWith, temporaryFolder } from '../backends/machine.ts';

/** A package whose install script is this. */
function packageWith(script: string, told: InstallProgress[] = []): Building {
  const building: Building = {
    folder: temporaryFolder(),
    package: '@tensorflow/tfjs-node',
    cuda: false,
    env: process.env,
    report: new Reporter((progress) => told.push(progress)),
  };
  const scripts = join(packageFolder(building), 'scripts');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(join(scripts, 'install.js'), script);
  return building;
}

const leaves = `
  const fs = require('fs');
  if (process.argv[2] !== 'cpu' || process.argv[3] !== 'download') process.exit(9);
  fs.mkdirSync('lib');
  fs.writeFileSync('lib/tfjs_binding.node', 'x'.repeat(1000));
`;

describe("the package's own download", () => {
  test('runs its install script in its folder, and tells how much has come', async () => {
    const told: InstallProgress[] = [];
    await downloadOwn(packageWith(`${leaves}setTimeout(() => {}, 1500);`, told));
    expect(told.at(-1)!.bytes).toBeGreaterThan(1000);
  });

  test('fails with the words of the script', async () => {
    const script = 'throw Object.assign(new Error("getaddrinfo ENOTFOUND somewhere"), { code: "ENOTFOUND" })';
    await expect(downloadOwn(packageWith(script))).rejects.toThrow(
      /failed: Error: getaddrinfo ENOTFOUND somewhere\./,
    );
  });

  test('fails where the script ends well but leaves no binding', async () => {
    await expect(downloadOwn(packageWith(''))).rejects.toThrow(/download failed/);
  });

  test('is given up where nothing more comes', async () => {
    await expect(downloadOwn(packageWith('setTimeout(() => {}, 60000);'), 0)).rejects.toThrow(
      /brought nothing/,
    );
  });
});

test('a binding of another source than the known one is not built', async () => {
  const building = { ...packageWith(''), env: machineWith(able) };
  const sources = join(packageFolder(building), 'binding');
  mkdirSync(sources);
  writeFileSync(join(sources, 'tfjs_backend.cc'), 'int main() {}');
  await expect(compileBinding(building)).rejects.toThrow(/not the one this LitMatter knows/);
  const bare = { ...building, env: machineWith({}) };
  await expect(compileBinding(bare)).rejects.toThrow(/cannot be compiled: .*C\+\+ compiler/);
});
