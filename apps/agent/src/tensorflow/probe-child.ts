import { exercise, loadTensorflow } from '@litmatter/models/tensorflow';

/**
 * `node probe-child.ts FOLDER`: load the installation, compute with it, say in a line of JSON what it is. A process of
 * its own, since a library that does not fit the machine may end the process that loads it.
 */
async function probe(folder: string): Promise<object> {
  try {
    const { gpu, device, library } = loadTensorflow({ folder });
    return { ok: true, gpu, device, library, difference: await exercise('tensorflow') };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

process.stdout.write(`\n${JSON.stringify(await probe(process.argv[2] ?? ''))}\n`);
