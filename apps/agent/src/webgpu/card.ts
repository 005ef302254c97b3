import { adapterWords, installCommand, readManifest } from '@litmatter/models/webgpu';
import { type BackendCard, LackingError } from '@litmatter/protocol';
import { probeWebgpu } from './probe.ts';

export interface WebgpuCard {
  readonly card: BackendCard;
  /** Whether it computes on a graphics card, which is better than wasm. */
  readonly real: boolean;
}

/** What the WebGPU backend computes on here and now, found by computing with it in a process of its own. */
export async function webgpuCard(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<WebgpuCard> {
  const name = 'webgpu';
  const lacking = (detail: string, mend: string) => ({
    card: { name, available: false, detail, mend } as const,
    real: false,
  });
  try {
    const manifest = readManifest(folder);
    if (!manifest) return lacking('WebGPU for Node is not installed.', installCommand);
    const { chosen, lack, adapters } = await probeWebgpu(folder, { env });
    if (!chosen) return lacking(lack!.detail, lack!.mend);
    const others = adapters.length - 1;
    const more = others > 0 ? ` Adapters beside it: ${others}.` : '';
    const slow = chosen.software ? ' A software adapter is for trials: "auto" never takes it.' : '';
    const detail = `WebGPU (Dawn ${manifest.packageVersion}) computes on: ${adapterWords(chosen)}.${slow}${more}`;
    return { card: { name, available: true, detail, mend: null }, real: !chosen.software };
  } catch (error) {
    if (!(error instanceof LackingError)) throw error;
    return lacking(error.message, `${installCommand} --force`);
  }
}
