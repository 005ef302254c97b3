import '../app/zod-config.ts';
import { resolveModel } from '@litmatter/models';
import { type BrowserBackend, startBackend } from '@litmatter/models/browser';
import { bufferLimit, watchDevice } from '@litmatter/models/usage';
import { decode, InputError } from '@litmatter/protocol';
import plainWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedWasm from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { shapeOf } from './atoms.ts';
import { inSpace, readDropped } from './dropped.ts';
import { deviceLost, troubleOf } from './faults.ts';
import {
  type Command,
  command,
  type Job,
  type Position,
  type Report,
  type Surroundings,
} from './messages.ts';
import { datasetCards, firstShown, modelCards, trainingData } from './molecules.ts';
import { compare } from './parity.ts';
import { Session } from './session.ts';

/** The training worker: one session at a time; a page that wants another ends the worker and starts a new one. */
const wasmPaths = {
  'tfjs-backend-wasm.wasm': plainWasm,
  'tfjs-backend-wasm-simd.wasm': simdWasm,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedWasm,
};

/** Molecules of dropped files that are predicted at most: the page lists them all. */
const mostPredicted = 20_000;

let session: Session | undefined;
let computes: BrowserBackend | undefined;

function post(report: Report): void {
  postMessage(report);
}

const say = (words: string, done: number | null = null) => post({ type: 'doing', words, done });

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

async function prepare(job: Job, surroundings: Surroundings, from: Position | null): Promise<void> {
  session?.close();
  session = undefined;
  say('Starting what computes');
  computes = await startBackend(job.backend, { wasmPaths });
  say('Reading the molecules');
  const resolved = resolveModel(job.model);
  const data = await trainingData(job, resolved, surroundings, {
    say,
    keep: (kept, notes) => post({ type: 'kept', kept, notes: [...notes] }),
  });
  say('Building the model');
  const own = new Session(job, resolved, data, from, post, surroundings.targetTitle);
  session = own;
  watchDevice((what, words) => {
    if (session !== own) return;
    own.close();
    fail(new Error(what === 'lost' ? deviceLost : words));
  });
  const largest = await own.checkSize(bufferLimit(), surroundings.largest);
  const { name, device, fallbacks } = computes;
  post({ type: 'ready', backend: name, device, fallbacks: [...fallbacks], largest, ...own.facts() });
  own.run().catch((error: unknown) => {
    own.close();
    fail(error);
  });
}

/** Predict the molecules of files. What a SMILES stands for is put into space first where the model wants distances. */
async function predict(files: readonly File[]): Promise<void> {
  if (!session) return;
  const dropped = await readDropped(files);
  const { size } = dropped.set;
  if (size > mostPredicted) {
    throw new InputError(
      `${dropped.card.title} has ${size} molecules, and a page predicts ${mostPredicted} at most: use “litmatter predict” for all of them.`,
    );
  }
  const spatial = session.graph.kind !== 'bonds';
  if (!spatial || dropped.set.positions) {
    say('Predicting');
    return post(await session.predict(dropped.set, dropped.card.title));
  }
  const everyone = Array.from({ length: size }, (_, m) => m);
  const made = await inSpace(dropped, everyone, say, () => session === undefined);
  post({ type: 'read', card: dropped.card, notes: [...made.notes] });
  say('Predicting');
  post(await session.predict(made.set, dropped.card.title));
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
      return prepare(told.job, told.surroundings, told.from);
    case 'preview': {
      // What is wrong with the molecules is said when they are wanted.
      const first = await firstShown(told.dataset, told.files).catch(() => null);
      if (first) post({ type: 'preview', ...shapeOf(first.set, first.molecule) });
      return;
    }
    case 'pace':
      return session?.setPace(told.pace);
    case 'look':
      return session?.look(told);
    case 'predict':
      return predict(told.files);
    case 'parity':
      if (session && computes) {
        say('The hub computes the same batch');
        post(await compare(await session.parityCase(), computes.name, told.address));
      }
      return;
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
