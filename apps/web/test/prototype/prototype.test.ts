import { training } from '@litmatter/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Command, command, type Job, type Report } from '../../src/prototype/messages.ts';
import { Prototype, type WorkerLike } from '../../src/prototype/prototype.ts';

/** A worker that does as it is told by the test. Messages are decoded as the real one does it. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  ended = false;
  readonly heard: Command[] = [];
  postMessage(message: unknown): void {
    this.heard.push(command.parse(message));
  }
  terminate(): void {
    this.ended = true;
  }
  say(message: Report): void {
    this.onmessage?.(new MessageEvent('message', { data: message }));
  }
  get paces() {
    return this.heard.flatMap((one) => (one.type === 'pace' ? [one.pace.steps] : []));
  }
}

const job = (batchPerDevice = 16): Job => ({
  model: { name: 'schnet', preset: 'small', options: {} },
  dataset: {
    name: 'bundled',
    options: {},
    split: { train: 0.8, validation: 0.1, test: 0.1, seed: 42 },
  },
  training: training.parse({ batchPerDevice }),
  backend: 'auto',
});
const ready: Report = {
  type: 'ready',
  backend: 'wasm',
  device: 'here',
  fallbacks: [],
  parameters: 1,
  train: 8,
  validation: 1,
  stepsPerEpoch: 5,
  batch: 16,
  largest: null,
  target: { name: 'gap', title: 'Gap', unit: 'eV', std: 1 },
};

const target = { name: 'gap', title: 'gap', unit: 'eV', description: '' };
const card = (targets: (typeof target)[]) => ({
  name: 'dropped',
  title: 'mine.smi',
  description: '',
  licence: '',
  source: '',
  molecules: 2,
  bytes: 1,
  available: true,
  mend: null,
  targets,
  defaultTarget: targets[0]?.name ?? '',
});

let workers: FakeWorker[];
let page: Prototype;
beforeEach(() => {
  workers = [];
  page = new Prototype(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  });
});
const begin = () => {
  page.run(job());
  workers[0]!.say(ready);
};

describe('the page’s side of training', () => {
  it('starts no worker before it is needed, and trains once it is ready', () => {
    expect(workers).toHaveLength(0);
    page.run(job());
    expect(page.view.get().phase).toBe('preparing');
    expect(workers[0]!.paces).toEqual([]);
    workers[0]!.say(ready);
    expect(workers[0]!.paces).toEqual([null]);
    expect(page.view.get().phase).toBe('running');
  });

  it('pauses, takes one step, and goes on with the same training', () => {
    begin();
    page.pause();
    page.step(job());
    page.run(job());
    expect(workers).toHaveLength(1);
    expect(workers[0]!.paces).toEqual([null, 0, 1, null]);
  });

  it('begins anew where the form has another job, and leaves the training alone where it has the same', () => {
    begin();
    page.follow(job());
    expect(page.view.get().phase).toBe('running');
    page.follow(job(8));
    expect(page.view.get()).toMatchObject({ phase: 'idle', ready: undefined });
    expect(workers[0]!.ended).toBe(true);
  });

  it('pauses while the tab is hidden and goes on by itself; what a person paused stays paused', () => {
    begin();
    page.setHidden(true);
    expect(page.view.get().phase).toBe('hidden');
    page.setHidden(false);
    expect(page.view.get().phase).toBe('running');
    page.pause();
    page.setHidden(true);
    page.setHidden(false);
    expect(page.view.get().phase).toBe('paused');
    expect(workers[0]!.paces).toEqual([null, 0, null, 0]);
  });

  it('goes on from the last step in a new worker after the device is lost, half the batch being twice the steps', () => {
    begin();
    const from = { state: Uint8Array.of(1, 2, 3), step: 3, taken: 13 };
    workers[0]!.say({ type: 'trouble', kind: 'memory', message: 'Full.', fields: {}, from });
    expect(page.view.get().phase).toBe('broken');
    expect(workers[0]!.ended).toBe(true);
    page.goOn(job(8));
    expect(workers[1]!.heard).toContainEqual({
      type: 'prepare',
      job: job(8),
      surroundings: { files: [], kept: null, moleculesAt: null, targetTitle: '', largest: null },
      from: { ...from, step: 6 },
    });
    workers[1]!.say(ready);
    expect(page.view.get()).toMatchObject({ phase: 'running', trouble: undefined });
    // The form follows with the same job: nothing is lost.
    page.follow(job(8));
    expect(page.view.get().phase).toBe('running');
  });

  it('keeps molecules that took long for the next worker, and forgets them with their files', () => {
    begin();
    const kept = { key: 'a', packed: Uint8Array.of(1, 2) };
    workers[0]!.say({ type: 'kept', kept, notes: ['1 molecule is left out.'] });
    expect(page.view.get().notes).toEqual(['1 molecule is left out.']);
    const next = () => {
      page.reset();
      page.run(job());
      const told = workers.at(-1)!.heard.find((one) => one.type === 'prepare');
      return told?.type === 'prepare' ? told.surroundings.kept : undefined;
    };
    expect(next()).toEqual(kept);
    page.read([new File(['x'], 'new.sdf')]);
    workers.at(-1)!.say({ type: 'read', card: card([target]), notes: [] });
    expect(next()).toBeNull();
  });

  it('predicts files without a number to learn, now or as soon as there is a model, and leaves the training alone', () => {
    const file = new File(['x'], 'mine.smi');
    page.read([file]);
    workers[0]!.say({ type: 'read', card: card([]), notes: [] });
    expect(page.view.get()).toMatchObject({ own: { title: 'mine.smi' }, dropped: undefined, phase: 'idle' });
    expect(workers[0]!.heard.some(({ type }) => type === 'predict')).toBe(false);
    begin();
    expect(workers[0]!.heard.filter(({ type }) => type === 'predict')).toHaveLength(1);
    page.read([file]);
    workers[0]!.say({ type: 'read', card: card([]), notes: [] });
    expect(workers[0]!.heard.filter(({ type }) => type === 'predict')).toHaveLength(2);
    expect(page.view.get().phase).toBe('running');
  });

  it('keeps the files it has where others cannot be read', () => {
    const good = new File(['x'], 'good.sdf');
    page.read([good]);
    workers[0]!.say({ type: 'read', card: card([target]), notes: [] });
    page.read([new File(['x'], 'broken.sdf')]);
    workers[0]!.say({ type: 'trouble', kind: 'input', message: 'Broken.', fields: {}, from: null });
    expect(page.files).toEqual([good]);
  });

  it('loads weights once the model is there, even those that come before it, and takes no step by itself', async () => {
    const bytes = Uint8Array.of(7);
    await page.open(job(), 'run a', Promise.resolve(bytes));
    expect(workers[0]!.heard.some(({ type }) => type === 'loadWeights')).toBe(false);
    workers[0]!.say(ready);
    expect(workers[0]!.heard.at(-1)).toEqual({ type: 'loadWeights', name: 'run a', bytes });
    expect(workers[0]!.paces).toEqual([0]);
    expect(page.view.get().phase).toBe('paused');
    await page.open(job(), 'run b', Promise.reject(new Error('There is no run “b”.')));
    expect(page.view.get()).toMatchObject({ phase: 'paused', trouble: { message: 'There is no run “b”.' } });
  });

  it('says so where the worker breaks or speaks another language, and can be reset', () => {
    begin();
    workers[0]!.onmessage?.(new MessageEvent('message', { data: { type: 'nonsense' } }));
    expect(page.view.get()).toMatchObject({ phase: 'broken', trouble: { kind: 'fault' } });
    page.reset();
    expect(page.view.get()).toMatchObject({ phase: 'idle', trouble: undefined });
    page.run(job());
    workers[1]!.onerror?.(new ErrorEvent('error', { message: 'no such file' }));
    expect(page.view.get().trouble?.message).toContain('no such file');
  });

  it('hears nothing from a worker it has ended', () => {
    begin();
    page.reset();
    workers[0]!.say(ready);
    expect(page.view.get().ready).toBeUndefined();
  });
});
