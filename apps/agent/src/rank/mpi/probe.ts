import { loadMpi } from './library.ts';

/** Says on stdout, as JSON, which MPI a rank would load here, or what is missing. `MPICH` as argument looks for that first. */

function look(): object {
  try {
    const first = process.argv[2] === 'MPICH' ? 'MPICH' : 'Open MPI';
    const { family, version, file } = loadMpi(process.env, first);
    return { family, version, file };
  } catch (error) {
    return { lacking: (error as Error).message };
  }
}

process.stdout.write(JSON.stringify(look()));
