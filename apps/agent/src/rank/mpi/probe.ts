import { loadMpi } from './library.ts';

/** Says on stdout, as JSON, which MPI a rank would load here, or what is missing. */

function look(): object {
  try {
    const { family, version, file } = loadMpi();
    return { family, version, file };
  } catch (error) {
    return { lacking: (error as Error).message };
  }
}

process.stdout.write(JSON.stringify(look()));
