import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { LackingError } from '@litmatter/protocol';
import { version_core } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadTensorflow } from '../../../src/backend/tensorflow/load.ts';
import {
  manifestFile,
  namedFolder,
  readManifest,
  type TensorflowManifest,
} from '../../../src/backend/tensorflow/manifest.ts';
import { restoreUtil } from '../../../src/backend/tensorflow/shims.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'litmatter-load-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

const manifest: TensorflowManifest = {
  format: 1,
  package: '@tensorflow/tfjs-node',
  packageVersion: version_core,
  source: 'wheel',
  library: '2.21.0',
  wheel: null,
  cuda: false,
  severalThreads: true,
  platform: `${process.platform} ${process.arch}`,
  verified: { host: 'here', gpu: false, device: 'CPU, 1 thread', instructions: null },
  node: process.versions.node,
  installedAt: '2026-01-01T00:00:00.000Z',
  seconds: 50,
};

function leave(content: object | string): void {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(folder, manifestFile), text);
}

const load = () => loadTensorflow({ folder });

describe('loading TensorFlow', () => {
  test('says the command that installs it where it is not there', () => {
    vi.stubEnv('LITMATTER_TENSORFLOW', '');
    expect(() => loadTensorflow()).toThrow(LackingError);
    expect(load).toThrow(/not installed in .*litmatter backend install tensorflow/);
  });

  test('looks in the folder the environment names', () => {
    expect(namedFolder({})).toBeUndefined();
    expect(namedFolder({ LITMATTER_TENSORFLOW: folder })).toBe(folder);
  });

  test('refuses a damaged installation, and one of another TensorFlow.js or another machine', () => {
    leave('{');
    expect(() => readManifest(folder)).toThrow(/is damaged/);
    leave({ ...manifest, packageVersion: '3.0.0' });
    expect(load).toThrow(/that of TensorFlow.js 3.0.0/);
    leave({ ...manifest, platform: 'aix ppc64' });
    expect(load).toThrow(/installed for aix ppc64/);
  });

  test("tells the package's own words where it cannot be required", () => {
    leave(manifest);
    const home = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'index.js'),
      'throw new Error("libtensorflow.so.2: cannot open shared object file");',
    );
    expect(load).toThrow(
      /cannot be loaded: libtensorflow.so.2: cannot open shared object file\. Install it again/,
    );
  });

  test('gives the package what Node 23 took from node:util', () => {
    restoreUtil();
    const { isArray, isNullOrUndefined } = util as unknown as Record<string, (value: unknown) => boolean>;
    expect([isArray!([]), isArray!({}), isNullOrUndefined!(undefined), isNullOrUndefined!(0)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});
