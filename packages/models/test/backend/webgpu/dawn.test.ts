import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LackingError } from '@litmatter/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDawn } from '../../../src/backend/webgpu/dawn.ts';
import { manifestFile, namedFolder } from '../../../src/backend/webgpu/index.ts';
import { leaveWebgpu } from './fake-dawn.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'litmatter-dawn-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = () => loadDawn(folder);

describe('loading Dawn', () => {
  test('says the command that installs it where it is not there', () => {
    expect(() => loadDawn(undefined)).toThrow(LackingError);
    expect(load).toThrow(/not installed in .*litmatter backend install webgpu/);
  });

  test('looks in the folder the environment names', () => {
    expect(namedFolder({})).toBeUndefined();
    expect(namedFolder({ LITMATTER_WEBGPU: folder })).toBe(folder);
  });

  test('refuses one of another machine, a damaged one, and one that is no Dawn, each with the mend', () => {
    leaveWebgpu(folder, { platform: 'plan9 mips' });
    expect(load).toThrow(/installed for plan9 mips.*Install it here: litmatter backend install webgpu/);
    leaveWebgpu(folder, {}, 'throw new Error("libdawn is broken\\nfurther lines")');
    expect(load).toThrow(/cannot be loaded: libdawn is broken\. Install it again/);
    leaveWebgpu(folder, {}, 'module.exports = { create: 1 }');
    expect(load).toThrow(LackingError);
    writeFileSync(join(folder, manifestFile), '{}');
    expect(load).toThrow(/is damaged .*Install it again/);
  });

  test("makes its constants global, as a browser's are", () => {
    leaveWebgpu(folder, {}, 'module.exports = { create() {}, globals: { GPUFakeUsage: { READ: 1 } } }');
    expect(load().manifest.packageVersion).toBe('0.6.2');
    expect(Reflect.get(globalThis, 'GPUFakeUsage')).toEqual({ READ: 1 });
    Reflect.deleteProperty(globalThis, 'GPUFakeUsage');
  });
});
