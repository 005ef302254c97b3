import { LackingError } from '@litmatter/protocol';
import koffi from 'koffi';

/** The system's MPI, through its C interface: no compiler and no binding of our own is needed on a cluster. */

export type MpiFamily = 'Open MPI' | 'MPICH';

export interface MpiLibrary {
  readonly file: string;
  readonly family: MpiFamily;
  /** The first line of what the library says of itself. */
  readonly version: string;
  /** MPI_Init_thread, by the thread that makes all further calls. Once a process. */
  initialise(): { readonly rank: number; readonly size: number };
  /** Each starts an operation in place of its buffer, which must stay where it is until `done` says so. */
  startAllReduce(values: Float32Array): void;
  startBroadcast(values: Float32Array, root: number): void;
  startGather(values: Float64Array, into: Float64Array | null): void;
  startBarrier(): void;
  /** MPI_Testall: whether every operation started is complete. Moves them on. @throws Error with MPI's own words */
  done(): boolean;
  /** Let another process have this core, if one waits for it: MPI_Testall does not (seen: Open MPI 4.1). */
  giveWay(): void;
  finalise(): void;
}

/** Names of one library in its own ABI. */
interface Abi {
  readonly family: MpiFamily;
  /** C type of a handle. */
  readonly handle: 'uintptr_t' | 'int';
  readonly world: bigint | number;
  readonly self: bigint | number;
  readonly float: bigint | number;
  readonly double: bigint | number;
  readonly sum: bigint | number;
  readonly errorsReturn: bigint | number;
  readonly inPlace: number;
  readonly ignoreStatuses: number;
}

/** MPICH's handles are numbers of its ABI, which Intel MPI, MVAPICH and Cray MPICH share. */
const mpich: Abi = {
  family: 'MPICH',
  handle: 'int',
  world: 0x44000000,
  self: 0x44000001,
  float: 0x4c00040a,
  double: 0x4c00080b,
  sum: 0x58000003,
  errorsReturn: 0x54000001,
  inPlace: -1,
  ignoreStatuses: 1,
};

/** Operations at once, at most: room for their requests, of 8 bytes at most each. */
const mostRequests = 256;

/**
 * Open MPI adds up without blocking by a reduce and a broadcast along a tree, unless it is told better (4.1). By
 * R. Rabenseifner's reduce-scatter and all-gather (ICCS 2004) each rank sends 2 (n - 1) / n of the vector in 2 log2 n
 * messages. Measured on two ranks of one machine, half a million floats: 1.0 ms and 0.45; MPI_Allreduce, which blocks, 0.43.
 * A person's own choice stands.
 */
const openMpiChoices = { OMPI_MCA_coll_libnbc_iallreduce_algorithm: 'rabenseifner' };

const openMpiNames = ['libmpi.so.40', 'libmpi.40.dylib'];
const mpichNames = ['libmpich.so.12', 'libmpi.so.12', 'libmpi_cray.so.12', 'libmpi.12.dylib'];

/** Both may be installed: of the family whose mpirun started this process, or that is asked for, comes first. */
function candidates(env: NodeJS.ProcessEnv, first: MpiFamily): string[] {
  const named = env.LITMATTER_MPI_LIBRARY;
  if (named) return [named];
  const ordered = first === 'MPICH' ? [...mpichNames, ...openMpiNames] : [...openMpiNames, ...mpichNames];
  return [...ordered, 'libmpi.so'];
}

function starterFamily(env: NodeJS.ProcessEnv): MpiFamily {
  return env.PMI_SIZE !== undefined && env.OMPI_COMM_WORLD_SIZE === undefined ? 'MPICH' : 'Open MPI';
}

type Library = ReturnType<typeof koffi.load>;

/**
 * Load the system's MPI. Nothing is initialised yet.
 *
 * @throws LackingError where there is none, with the command that brings it
 */
export function loadMpi(env: NodeJS.ProcessEnv = process.env, first = starterFamily(env)): MpiLibrary {
  const tried = candidates(env, first);
  for (const file of tried) {
    let library: Library;
    try {
      // Global, since MPI loads plug-ins that look for its symbols; lazy, since some of those are never used.
      library = koffi.load(file, { global: true, lazy: true });
      keepMapped(file);
    } catch {
      continue;
    }
    return bind(file, library);
  }
  throw new LackingError(
    `There is no MPI library here (looked for ${tried.join(', ')}): apt-get install openmpi-bin, ` +
      'or "module load openmpi" before the ranks start, or name the file in LITMATTER_MPI_LIBRARY.',
  );
}

/**
 * Koffi closes a library when the thread that loaded it ends. MPI's plug-ins have threads and handlers of their own,
 * which go on: under Open MPI 5 with UCX a rank whose worker ended crashed (signal 11) before it had said why.
 */
function keepMapped(file: string): void {
  const [lazy, noDelete] = [1, 0x1000];
  if (process.platform !== 'linux') return;
  try {
    koffi.load(null).func('void *dlopen(str, int)')(file, lazy | noDelete);
  } catch {
    // A system whose C library keeps dlopen elsewhere: the library is there all the same.
  }
}

function bind(file: string, library: Library): MpiLibrary {
  const abi = abiOf(library);
  const { handle, inPlace } = abi;
  const declare = (name: string, ...parameters: string[]) =>
    library.func(name, 'int', parameters) as (...values: unknown[]) => number;

  const functions = {
    version: declare('MPI_Get_library_version', 'void *', 'int *'),
    init: declare('MPI_Init_thread', 'void *', 'void *', 'int', 'int *'),
    rank: declare('MPI_Comm_rank', handle, 'int *'),
    size: declare('MPI_Comm_size', handle, 'int *'),
    onError: declare('MPI_Comm_set_errhandler', handle, handle),
    errorText: declare('MPI_Error_string', 'int', 'void *', 'int *'),
    allReduce: declare('MPI_Iallreduce', 'intptr_t', 'void *', 'int', handle, handle, handle, 'void *'),
    broadcast: declare('MPI_Ibcast', 'void *', 'int', handle, 'int', handle, 'void *'),
    gather: declare(
      'MPI_Igather',
      ...['void *', 'int', handle, 'void *', 'int', handle, 'int', handle, 'void *'],
    ),
    barrier: declare('MPI_Ibarrier', handle, 'void *'),
    testAll: declare('MPI_Testall', 'int', 'void *', 'void *', 'intptr_t'),
    finalise: declare('MPI_Finalize'),
  };
  /** Off the JavaScript heap, where nothing moves them: MPI writes here between calls too. */
  const requests = new BigUint64Array(mostRequests);
  const requestBytes = handle === 'int' ? 4 : 8;
  const flag = new Int32Array(64);
  let started = 0;

  const text = (fill: (into: Uint8Array, length: Int32Array) => unknown): string => {
    const [into, length] = [new Uint8Array(8_192), new Int32Array(64)];
    fill(into, length);
    return new TextDecoder().decode(into.subarray(0, length[0])).replace(/\0.*$/s, '').trim();
  };
  const check = (code: number): void => {
    if (code !== 0) throw new Error(text((into, length) => functions.errorText(code, into, length)));
  };
  const start = (operation: (request: Uint8Array) => number): void => {
    if (started === mostRequests) throw new RangeError(`more than ${mostRequests} operations at once`);
    check(operation(new Uint8Array(requests.buffer, started * requestBytes, requestBytes)));
    started++;
  };
  return {
    file,
    family: abi.family,
    version: text((into, length) => functions.version(into, length))
      .split(/[\n,]/, 1)[0]!
      .replace(/\s+/g, ' '),
    initialise() {
      // Into the environment of the process, which MPI reads: a worker's `process.env` is a copy.
      const choose = koffi.load(null).func('int setenv(const char *, const char *, int)');
      for (const [name, value] of Object.entries(openMpiChoices)) choose(name, value, 0);
      // MPI_THREAD_MULTIPLE: the main thread makes no calls, but plug-ins have threads of their own.
      check(functions.init(null, null, 3, flag));
      check(functions.onError(abi.world, abi.errorsReturn));
      // Errors of no communicator go by that of MPI_COMM_SELF (MPI-4). Among them is a peer's death where PMIx tells of
      // it: Open MPI 5 ended every rank at once (under srun, exit code 14), before one of them had said who was lost.
      check(functions.onError(abi.self, abi.errorsReturn));
      const [rank, size] = [new Int32Array(64), new Int32Array(64)];
      check(functions.rank(abi.world, rank));
      check(functions.size(abi.world, size));
      return { rank: rank[0]!, size: size[0]! };
    },
    startAllReduce: (values) =>
      start((request) =>
        functions.allReduce(inPlace, values, values.length, abi.float, abi.sum, abi.world, request),
      ),
    startBroadcast: (values, root) =>
      start((request) => functions.broadcast(values, values.length, abi.float, root, abi.world, request)),
    startGather: (values, into) =>
      start((request) =>
        functions.gather(
          ...[values, values.length, abi.double, into, values.length, abi.double, 0, abi.world, request],
        ),
      ),
    startBarrier: () => start((request) => functions.barrier(abi.world, request)),
    done() {
      check(functions.testAll(started, requests, flag, abi.ignoreStatuses));
      if (flag[0] === 0) return false;
      started = 0;
      return true;
    },
    giveWay: koffi.load(null).func('int sched_yield()'),
    finalise: () => check(functions.finalise()),
  };
}

/** In Open MPI a handle is the address of a data symbol. */
function abiOf(library: Library): Abi {
  const address = (name: string): bigint => koffi.address(library.symbol(name, 'char'));
  let world: bigint;
  try {
    world = address('ompi_mpi_comm_world');
  } catch {
    return mpich;
  }
  return {
    family: 'Open MPI',
    handle: 'uintptr_t',
    world,
    self: address('ompi_mpi_comm_self'),
    float: address('ompi_mpi_float'),
    double: address('ompi_mpi_double'),
    sum: address('ompi_mpi_op_sum'),
    errorsReturn: address('ompi_mpi_errors_return'),
    inPlace: 1,
    ignoreStatuses: 0,
  };
}
