import { closeBackend, startBackend } from '@litmatter/models/node';
import {
  type AdapterCard,
  chooseAdapter,
  exercise,
  folderVariable,
  lackOfAdapter,
  listAdapters,
  loadDawn,
} from '@litmatter/models/webgpu';

/**
 * `node probe-child.ts FOLDER`: load the installation, compute with it on the adapter a rank would take, say in a line
 * of JSON what that was. A process of its own, since a driver may end the process that loads it.
 */
async function probe(folder: string): Promise<object> {
  let adapters: AdapterCard[] = [];
  try {
    adapters = await listAdapters(loadDawn(folder));
    const chosen = chooseAdapter(adapters, { localRank: 0 });
    if (!chosen) return { ok: true, adapters, chosen: null, lack: lackOfAdapter(adapters) };
    process.env[folderVariable] = folder;
    await startBackend('webgpu');
    await exercise('webgpu');
    await closeBackend();
    const { name, software } = chosen;
    return { ok: true, adapters, chosen: { name, software }, lack: null };
  } catch (error) {
    return { ok: false, adapters, message: (error as Error).message };
  }
}

process.stdout.write(`\n${JSON.stringify(await probe(process.argv[2] ?? ''))}\n`);
