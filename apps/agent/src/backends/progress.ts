/** What the installation is doing. */
export interface InstallProgress {
  readonly step: 'check' | 'package' | 'download' | 'unpack' | 'compile' | 'verify';
  /** "Downloading tensorflow_cpu-2.21.0-...whl" */
  readonly message: string;
  readonly bytes?: number;
  /** Where known. */
  readonly totalBytes?: number;
  /** Seconds since the installation began. */
  readonly seconds: number;
}

export type OnProgress = (progress: InstallProgress) => void;

/** Tells progress with the time since it was made. */
export class Reporter {
  readonly #onProgress: OnProgress;
  readonly #began = performance.now();

  constructor(onProgress: OnProgress = () => {}) {
    this.#onProgress = onProgress;
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  say(step: InstallProgress['step'], message: string, bytes?: number, totalBytes?: number): void {
    this.#onProgress({
      step,
      message,
      ...(bytes !== undefined && { bytes }),
      ...(totalBytes !== undefined && { totalBytes }),
      seconds: this.seconds,
    });
  }
}
