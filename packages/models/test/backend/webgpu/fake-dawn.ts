import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dawn } from '../../../src/backend/webgpu/dawn.ts';
import { type AdapterCard, manifestFile, type WebgpuManifest } from '../../../src/backend/webgpu/index.ts';

export const manifest: WebgpuManifest = {
  format: 1,
  package: 'webgpu',
  packageVersion: '0.6.2',
  integrity: 'sha512-x',
  platform: `${process.platform} ${process.arch}`,
  verified: { host: 'here', adapter: null },
  node: process.versions.node,
  installedAt: '2026-01-01T00:00:00.000Z',
  seconds: 5,
};

/** Leave in a folder what an installation leaves there, its code being this. */
export function leaveWebgpu(folder: string, change: Partial<WebgpuManifest> = {}, code?: string): void {
  writeFileSync(join(folder, manifestFile), JSON.stringify({ ...manifest, ...change }));
  const home = join(folder, 'node_modules', 'webgpu');
  mkdirSync(home, { recursive: true });
  if (code !== undefined) writeFileSync(join(home, 'index.js'), code);
}

/** A Dawn that sees these adapters, and takes and lists them as the real one does: by name. */
export function dawnThatSees(adapters: readonly AdapterCard[]): Pick<Dawn, 'create'> {
  const create = ([option]: readonly string[]) => ({
    async requestAdapter() {
      const name = option?.replace('adapter=', '');
      const found = adapters.find((adapter) => adapter.name === name);
      if (found) return { info: { isFallbackAdapter: found.software } };
      if (adapters.length === 0) return null;
      const lines = adapters.map((adapter) => ` * backend: 'vulkan', name: '${adapter.name}'`);
      throw new Error(['no suitable backends found', 'Available adapters:', ...lines].join('\n'));
    },
  });
  return { create: create as unknown as Dawn['create'] };
}
