import { availableParallelism, hostname, platform, totalmem } from 'node:os';
import type { Catalogue } from '@litmatter/protocol';

/** What this machine is. `cores` counts what this process may use, cgroup and affinity respected. */
export function hostFacts(): Catalogue['host'] {
  return {
    name: hostname(),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${platform()} ${process.arch}`,
  };
}
