import type { BackendName } from '@litmatter/protocol';

/** What computes from now on in this thread. */
export interface Backend {
  readonly name: BackendName;
  /** What it computes on, in words: "AMD EPYC, 1 thread, relaxed SIMD"; "Tesla V100-SXM2-32GB". */
  readonly device: string;
  /** On WebGPU in Node: the graphics adapter, and whether other ranks of this host compute on it (undefined: not known). */
  readonly adapter?: {
    readonly name: string;
    readonly software: boolean;
    readonly shared: boolean | undefined;
  };
  /** What a person should know of this choice: that a GPU stands idle. */
  readonly warning?: string;
}
