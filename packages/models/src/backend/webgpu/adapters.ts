import type { Dawn } from './dawn.ts';
import type { AdapterCard } from './manifest.ts';

/** A process's or thread's place among the ranks of its host. */
export interface Seat {
  readonly localRank: number;
  /** Undefined where it is not known. */
  readonly localRanks?: number;
  /** The batch system has given this rank a GPU that no other rank of the host has. */
  readonly ownGpu?: boolean;
}

/** The variable by which a person chooses an adapter: a part of its name. */
export const adapterVariable = 'LITMATTER_WEBGPU_ADAPTER';

/** A name that no adapter has: asked for it, Dawn lists those there are. */
const nobody = '(the adapters, please)';

/**
 * The adapters that Dawn can use here, those of hardware first. Asking is the only way Dawn for Node tells them, and it
 * tells their names alone: two cards of one make appear twice under one name.
 */
export async function listAdapters(dawn: Pick<Dawn, 'create'>): Promise<AdapterCard[]> {
  const listed = await dawn
    .create([`adapter=${nobody}`])
    .requestAdapter()
    .then(
      () => '',
      (error: Error) => error.message,
    );
  const names = adapterNames(listed);
  const software = new Map<string, boolean>();
  for (const name of new Set(names)) {
    const adapter = await dawn.create([`adapter=${name}`]).requestAdapter();
    if (adapter) software.set(name, adapter.info.isFallbackAdapter);
  }
  return names
    .filter((name) => software.has(name))
    .map((name) => ({ name, software: software.get(name)! }))
    .sort((a, b) => Number(a.software) - Number(b.software));
}

/** The names in Dawn's list: " * backend: 'vulkan', name: 'NVIDIA A100-SXM4-80GB'". */
export function adapterNames(listed: string): string[] {
  return [...listed.matchAll(/^ *\* backend: '[^']*', name: '(.*)'$/gm)].map(([, name]) => name!);
}

export interface ChosenAdapter extends AdapterCard {
  /** Adapters of this name that this process sees. */
  readonly ofName: number;
  /**
   * Whether other ranks of this host compute on it too; undefined where the host's ranks are not known: then those
   * that chose one of the same name do.
   */
  readonly shared: boolean | undefined;
}

/**
 * The adapter of one of several ranks on a host, each having its own where their names tell them apart. Dawn takes an
 * adapter by name and no other way, so ranks that want one of two cards of one make get the same.
 *
 * @returns undefined where there is none, or none of the name asked for
 */
export function chooseAdapter(
  adapters: readonly AdapterCard[],
  { localRank, localRanks, ownGpu = false }: Seat,
  env: NodeJS.ProcessEnv = process.env,
): ChosenAdapter | undefined {
  const wanted = env[adapterVariable] ?? '';
  const named = adapters.filter(({ name }) => name.includes(wanted));
  const real = named.filter(({ software }) => !software);
  const candidates = real.length > 0 ? real : named;
  const names = [...new Set(candidates.map(({ name }) => name))];
  const name = names[localRank % names.length];
  const chosen = candidates.find((adapter) => adapter.name === name);
  if (!chosen) return undefined;
  const ofName = candidates.filter((adapter) => adapter.name === name).length;
  // It hides the others from Vulkan too where it binds devices; where it does not, they are to be seen here.
  const alone = ownGpu && ofName === 1;
  const shared = alone ? false : localRanks === undefined ? undefined : localRanks > names.length;
  return { ...chosen, ofName, shared };
}

/** An adapter in words: "llvmpipe (LLVM 15.0.6, 256 bits), software". */
export function adapterWords({ name, software }: AdapterCard): string {
  return software ? `${name}, software` : name;
}
