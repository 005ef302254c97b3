import {
  type AdapterCard,
  chooseAdapter,
  closeWebgpu,
  exercise,
  lackOfAdapter,
  listAdapters,
  loadDawn,
  startWebgpu,
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
    await startWebgpu({ localRank: 0, localRanks: 1 }, folder);
    await exercise('webgpu');
    await closeWebgpu();
    const { name, software } = chosen;
    return { ok: true, adapters, chosen: { name, software }, lack: null };
  } catch (error) {
    return { ok: false, adapters, message: (error as Error).message };
  }
}

process.stdout.write(`\n${JSON.stringify(await probe(process.argv[2] ?? ''))}\n`);
