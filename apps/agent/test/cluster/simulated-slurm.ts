import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A real Slurm of several nodes on this machine: its own munged, one slurmctld, and a slurmd a node, each in
 * namespaces of its own with its own host name, IPC and /dev/shm, so that ranks on two "nodes" meet over TCP as they
 * would on two machines. Everything lies in one temporary folder; needs root, for the namespaces.
 */

export interface SimulatedSlurm {
  readonly folder: string;
  /** What a command needs to speak with this cluster. */
  readonly env: { readonly SLURM_CONF: string } & Record<string, string>;
  readonly nodes: readonly string[];
  /** Run a Slurm command to its end; its stdout. @throws Error with its stderr */
  ask(program: string, ...words: string[]): string;
  /** Kill everything that runs on a node, as a power cut does. */
  killNode(name: string): void;
  /** Bring a killed node back. */
  startNode(name: string): Promise<void>;
  /** Bring back every node whose slurmd is gone: those of Slurm 22.05 fall over now and then (seen: signal 11). */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

export interface SimulatedSlurmOptions {
  readonly nodes?: number;
  readonly cpusPerNode?: number;
  readonly gpusPerNode?: number;
}

/** Why no simulated Slurm can be started here; undefined where one can. */
export function lacksSlurm(): string | undefined {
  if (process.platform !== 'linux') return 'Slurm runs on Linux';
  if (process.getuid?.() !== 0) return 'simulated nodes need root (namespaces of their own)';
  const missing = ['slurmctld', 'slurmd', 'munged', 'sbatch', 'unshare'].filter((name) => !has(name));
  return missing.length > 0 ? `${missing.join(', ')} not on this machine` : undefined;
}

const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;

function has(program: string): boolean {
  return path.split(':').some((folder) => existsSync(join(folder, program)));
}

export async function startSlurm(options: SimulatedSlurmOptions = {}): Promise<SimulatedSlurm> {
  const { nodes: count = 4, cpusPerNode = 2, gpusPerNode = 2 } = options;
  const folder = mkdtempSync(join(tmpdir(), 'litmatter-slurm-'));
  const inFolder = (name: string) => join(folder, name);
  const nodes = Array.from({ length: count }, (_, i) => `n${i + 1}`);
  for (const name of ['state', 'log', ...nodes.flatMap((node) => [`spool.${node}`, `tmp.${node}`])]) {
    mkdirSync(inFolder(name), { mode: name.startsWith('tmp.') ? 0o1777 : 0o755 });
  }
  writeFileSync(inFolder('munge.key'), randomBytes(128), { mode: 0o400 });
  const [controller, first] = await freePorts(count + 1);
  const conf = inFolder('slurm.conf');
  writeFileSync(
    conf,
    slurmConf({ folder, count, cpusPerNode, gpusPerNode, controller: controller!, first: first! }),
  );
  const gpuFiles = gpusPerNode > 1 ? `/dev/tty[0-${gpusPerNode - 1}]` : '/dev/tty0';
  writeFileSync(
    inFolder('gres.conf'),
    gpusPerNode > 0 ? `NodeName=n[1-${count}] Name=gpu Type=v100 File=${gpuFiles}\n` : '',
  );

  const env = {
    SLURM_CONF: conf,
    // All nodes are this machine: MPI meets on the loopback, and ranks share its cores.
    OMPI_MCA_btl_tcp_if_include: 'lo',
    OMPI_MCA_mpi_yield_when_idle: '1',
    // Of 340 starts with Slurm's own choice three crashed inside MPI_Init (a C program's too: a message came before
    // Open MPI 4.1 was ready for it); of 300 with this none.
    SLURM_PMIX_FENCE: 'tree',
  };
  const whole: SpawnOptions = {
    env: { ...process.env, PATH: path, ...env },
    stdio: 'ignore',
    detached: true,
  };
  const daemon = (program: string, ...words: string[]) => spawn(program, words, whole).unref();
  const ask = (program: string, ...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, words, {
      env: whole.env,
      encoding: 'utf8',
      timeout: 20_000,
    });
    if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const start = (node: string) => {
    const script = `hostname ${node} && mount -t tmpfs -o size=1g tmpfs /dev/shm && exec slurmd -f "$1" -N ${node}`;
    daemon('unshare', '--uts', '--ipc', '--mount', 'bash', '-c', script, 'bash', conf);
  };
  const stop = async () => {
    spawnSync('scancel', ['--partition=main'], { env: whole.env, timeout: 5_000 });
    for (const node of nodes) killNamespace(pidIn(inFolder(`slurmd.${node}.pid`)));
    for (const name of ['slurmctld', 'munged']) end(pidIn(inFolder(`${name}.pid`)));
    await sleep(300);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  const startAgain = async (...gone: string[]) => {
    for (const node of gone) start(node);
    await ready(ask, gone, inFolder('log'));
  };
  try {
    ask(
      'munged',
      ...['--force', `--socket=${inFolder('munge.socket')}`, `--key-file=${inFolder('munge.key')}`],
      ...[`--pid-file=${inFolder('munged.pid')}`, `--log-file=${inFolder('log/munged')}`],
      ...[`--seed-file=${inFolder('munge.seed')}`, '--num-threads=2'],
    );
    ask('slurmctld', '-f', conf);
    for (const node of nodes) start(node);
    await ready(ask, nodes, inFolder('log'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    folder,
    env,
    nodes,
    ask,
    killNode: (name) => killNamespace(pidIn(inFolder(`slurmd.${name}.pid`))),
    startNode: startAgain,
    revive: async () => {
      const gone = nodes.filter((node) => !isAlive(pidIn(inFolder(`slurmd.${node}.pid`))));
      if (gone.length > 0) await startAgain(...gone);
    },
    stop,
  };
}

interface ConfOptions {
  readonly folder: string;
  readonly count: number;
  readonly cpusPerNode: number;
  readonly gpusPerNode: number;
  readonly controller: number;
  readonly first: number;
}

function slurmConf({ folder, count, cpusPerNode, gpusPerNode, controller, first }: ConfOptions): string {
  const host = hostname();
  const gres = gpusPerNode > 0 ? ` Gres=gpu:v100:${gpusPerNode}` : '';
  return `ClusterName=litmatter
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
MpiDefault=pmix
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SlurmctldPidFile=${folder}/slurmctld.pid
StateSaveLocation=${folder}/state
SlurmctldLogFile=${folder}/log/slurmctld
SlurmdPidFile=${folder}/slurmd.%n.pid
SlurmdSpoolDir=${folder}/spool.%n
TmpFS=${folder}/tmp.%n
SlurmdLogFile=${folder}/log/slurmd.%n
SwitchType=switch/none
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=${folder}/log/jobcomp
KillWait=5
SlurmctldTimeout=30
SlurmdTimeout=10
MinJobAge=300
KillOnBadExit=1
PreemptMode=REQUEUE
PreemptType=preempt/partition_prio
GresTypes=gpu
NodeName=n[1-${count}] NodeHostname=${host} NodeAddr=127.0.0.1 Port=[${first}-${first + count - 1}] CPUs=${cpusPerNode} RealMemory=2000${gres} State=UNKNOWN
PartitionName=main Nodes=n[1-${count}] Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO PriorityTier=1 PreemptMode=CANCEL GraceTime=10
PartitionName=urgent Nodes=n[1-${count}] MaxTime=INFINITE State=UP OverSubscribe=NO PriorityTier=10 PreemptMode=OFF
`;
}

/** Wait until every node is idle. */
async function ready(ask: SimulatedSlurm['ask'], nodes: readonly string[], logs: string): Promise<void> {
  let last = '';
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
    try {
      last = ask('sinfo', '--noheader', '--Node', '--partition=main', '--format=%N %T');
    } catch (error) {
      last = (error as Error).message;
    }
    if (nodes.every((node) => last.includes(`${node} idle`))) return;
  }
  const said = readdirSync(logs).map(
    (name) => `${name}:\n${readFileSync(join(logs, name), 'utf8').slice(-2_000)}`,
  );
  throw new Error(`the simulated Slurm did not come up:\n${last}\n${said.join('\n')}`);
}

/** The first of so many ports in a row that are free, after one for the controller. */
async function freePorts(count: number): Promise<number[]> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return Array.from({ length: count }, (_, i) => first + i);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function end(pid: number | undefined, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Kill a daemon and all that shares its host name: the node's steps and their tasks. Never this process's own. */
function killNamespace(daemon: number | undefined): void {
  const of = (pid: number | string) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/uts`);
    } catch {
      return undefined;
    }
  };
  const namespace = daemon === undefined ? undefined : of(daemon);
  if (namespace === undefined || namespace === of('self')) return;
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && of(name) === namespace) end(Number(name));
  }
}
