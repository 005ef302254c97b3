import '../app/zod-config.ts';
import { resolveModel } from '@litmatter/models';
import { startBackend } from '@litmatter/models/browser';
import { watchDevice } from '@litmatter/models/usage';
import { decode } from '@litmatter/protocol';
import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { deviceLost, troubleOf } from './faults.ts';
import { type Command, command, type Job, type Position, type Report } from './messages.ts';
import { datasetCards, modelCards, readDropped, trainingData } from './molecules.ts';
import { Session } from './session.ts';

/** The training worker: one session at a time; a page that wants another ends the worker and starts a new one. */
const wasmPaths = {
  'tfjs-backend-wasm.wasm': plainWasm,
  'tfjs-backend-wasm-simd.wasm': simdWasm,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedWasm,
};

let session: Session | undefined;

function post(report: Report): void {
  postMessage(report);
}

/** Tell the page what went wrong. Where training can go on, from where. */
function fail(error: unknown): void {
  let from: Position | null = null;
  try {
    from = session?.position() ?? null;
  } catch {
    // A position that cannot be saved is not offered.
  }
  post(troubleOf(error, from));
}

async function prepare(job: Job, files: readonly File[], from: Position | null): Promise<void> {
  session?.close();
  session = undefined;
  post({ type: 'doing', words: 'Starting what computes' });
  const started = await startBackend(job.backend, { wasmPaths });
  post({ type: 'doing', words: 'Reading the molecules' });
  const resolved = resolveModel(job.model);
  const data = await trainingData(job, resolved, files);
  post({ type: 'doing', words: 'Building the model' });
  const own = new Session(job, resolved, data, from, post);
  session = own;
  watchDevice((what, words) => {
    if (session !== own) return;
    own.close();
    fail(new Error(what === 'lost' ? deviceLost : words));
  });
  const { name, device, fallbacks } = started;
  post({ type: 'ready', backend: name, device, fallbacks: [...fallbacks], ...own.facts() });
  own.run().catch((error: unknown) => {
    own.close();
    fail(error);
  });
}

async function obey(told: Command): Promise<void> {
  switch (told.type) {
    case 'describe':
      return post({ type: 'cards', models: modelCards(), datasets: await datasetCards() });
    case 'read': {
      const { card, notes } = await readDropped(told.files);
      return post({ type: 'read', card, notes: [...notes] });
    }
    case 'prepare':
      return prepare(told.job, told.files, told.from);
    case 'pace':
      return session?.setPace(told.pace);
    case 'look':
      return session?.look(told);
    case 'saveWeights':
      if (session) post({ type: 'weights', bytes: session.weights() });
      return;
    case 'loadWeights':
      if (session) post({ type: 'loaded', words: await session.load(told.bytes, told.name) });
  }
}

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  void (async () => obey(decode(command, data, 'A message to the training worker')))().catch(fail);
});
