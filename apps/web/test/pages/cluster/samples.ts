import {
  type BatchSystem,
  batchSystem,
  type Cluster,
  type ClusterNode,
  cluster,
  type QueuedJob,
} from '@litmatter/protocol';

/** A whole, valid answer of `GET /api/cluster`; every test changes what it is about. */

export function node(name: string, part: Partial<ClusterNode> = {}): ClusterNode {
  return {
    ...{ name, condition: 'idle', state: 'idle', partitions: ['gpu'], reason: null },
    cpus: { total: 8, used: 0 },
    memoryBytes: { total: 64e9, used: 0 },
    gpus: [{ type: 'v100', total: 2, used: 0 }],
    ...part,
  };
}

export function job(id: string, part: Partial<QueuedJob> = {}): QueuedJob {
  return {
    ...{ id, name: 'a job', user: 'bob', mine: false, partition: 'gpu', state: 'running', reason: null },
    ...{ startsAt: 1_700_000_000_000, submittedAt: 1_700_000_000_000, timeLimitSeconds: 3_600 },
    ...{ nodeCount: 1, nodes: 'n1', cpus: 4, gpus: 1, runs: [] },
    ...part,
  };
}

export function batch(part: Partial<BatchSystem> = {}): BatchSystem {
  const jobs = part.jobs ?? [];
  const partition = { standard: false, state: 'up', timeLimitSeconds: 86_400, waiting: 0 };
  return batchSystem.parse({
    ...{ launcher: 'slurm', version: 'slurm 24.05.4', user: 'ann', at: Date.now(), problem: null, jobs },
    partitions: [
      { ...partition, name: 'gpu', standard: true },
      { ...partition, name: 'cpu' },
    ],
    nodes: [node('n1')],
    counts: {
      running: jobs.filter(({ state }) => state !== 'pending').length,
      pending: jobs.filter(({ state }) => state === 'pending').length,
      mine: jobs.filter(({ mine }) => mine).length,
    },
    ...part,
  });
}

export function clusterView(part: Partial<Cluster> = {}): Cluster {
  return cluster.parse({
    at: Date.now(),
    host: { name: 'host', cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
    backends: [{ name: 'wasm', available: true, detail: 'one thread a rank', mend: null }],
    launchers: [
      { name: 'local', available: true, detail: "This machine's 2 cores.", mend: null, devices: 2 },
      {
        name: 'mpirun',
        available: false,
        detail: 'There is no "mpirun" here.',
        mend: 'apt-get install openmpi-bin',
        devices: null,
      },
    ],
    mpi: { lacking: 'apt-get install openmpi-bin' },
    findings: [{ name: 'Node', status: 'ok', detail: 'v24', mend: null }],
    batch: batch(),
    active: [],
    ...part,
  });
}
