/** Why a job waits, in words: Slurm's codes (squeue(1), "JOB REASON CODES") as a person would say them. */

const sentences: Readonly<Record<string, string>> = {
  Resources: 'waits for nodes to become free',
  Priority: 'jobs of higher priority go first',
  None: 'has not been looked at by the scheduler yet',
  BeginTime: 'is to begin later',
  Dependency: 'waits for another job to end',
  DependencyNeverSatisfied: 'waits for a job that can no longer succeed: cancel it',
  JobHeldUser: 'is held by its owner: scontrol release lets it go',
  JobHeldAdmin: 'is held by an administrator',
  JobArrayTaskLimit: 'its array runs as many tasks at once as it may',
  Licenses: 'waits for a licence',
  Reservation: 'waits for its reservation',
  ReservationDeleted: 'its reservation is gone: submit it anew',
  ReqNodeNotAvail: 'a node it asks for is down, drained or reserved',
  NodeDown: 'a node it asks for is down',
  NodeNotAvail: 'a node it asks for is not available',
  BadConstraints: 'no node can ever satisfy what it asks for: cancel it and ask for less',
  PartitionDown: 'its partition is down',
  PartitionInactive: 'its partition starts no jobs now',
  PartitionConfig: 'asks for what its partition does not have',
  PartitionNodeLimit: 'asks for more nodes than its partition allows',
  PartitionTimeLimit: 'asks for more time than its partition allows',
  AccountNotAllowed: 'its account may not use this partition',
  QOSNotAllowed: 'its quality of service may not use this partition',
  InvalidAccount: 'its account is not valid',
  InvalidQOS: 'its quality of service is not valid',
  Cleaning: 'an earlier run of it is being cleaned up',
  Prolog: 'its nodes are being prepared',
  MaxRequeue: 'has been requeued as often as it may',
  JobLaunchFailure: 'could not be launched',
  NodeFailed: 'a node of it failed',
  SchedDefer: 'waits for the next round of the scheduler',
};

/** What a limit is of, in codes such as QOSMaxGRESPerUser and AssocGrpCPURunMinutesLimit. */
const limited: readonly (readonly [RegExp, string])[] = [
  [/GRES|Gres/, 'GPUs'],
  [/Cpu|CPU/, 'CPUs'],
  [/Node/, 'nodes'],
  [/Mem/, 'memory'],
  [/WallDuration|Wall|Minutes/, 'time'],
  [/Job|Submit/, 'jobs'],
];

/**
 * @param code - Slurm's reason; a sentence of Slurm's own stays as it is
 * @param description - what some versions say besides
 */
export function reasonInWords(code: string | undefined, description?: string): string | undefined {
  if (code === undefined) return undefined;
  if (code === 'Resources' && description?.includes('DOWN, DRAINED')) {
    return 'nodes it needs are down, drained, or kept for jobs of higher priority';
  }
  if (code.startsWith('ReqNodeNotAvail') && description?.includes('reserved for other job')) {
    return 'a node it asks for is kept for another job';
  }
  const known = sentences[code] ?? sentences[code.replace(/,.*$/s, '')];
  if (known !== undefined) return known;
  const whose = code.startsWith('QOS')
    ? 'its quality of service'
    : /^(?:Assoc|Max)/.test(code)
      ? 'its account'
      : undefined;
  if (whose !== undefined && /Max|Grp|Limit/.test(code)) {
    const what = limited.find(([pattern]) => pattern.test(code))?.[1] ?? 'resources';
    return `${whose} has as many ${what} as it may (${code})`;
  }
  // "SomeNewReason" -> "some new reason"
  if (!/^[A-Za-z]+$/.test(code)) return code;
  return code.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
