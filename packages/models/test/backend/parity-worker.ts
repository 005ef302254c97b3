import { parentPort, workerData } from 'node:worker_threads';
import { startBackend } from '../../src/backend/node.ts';
import { schnetParity } from '../../src/parity.ts';

/** Starts a backend in this thread and says how far SchNet is from the golden run there. */
const { choice, inputs, golden } = workerData;
const backend = await startBackend(choice);
parentPort?.postMessage({ backend, parity: await schnetParity(inputs, golden) });
