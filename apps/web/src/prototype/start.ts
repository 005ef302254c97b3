import { Prototype } from './prototype.ts';

/** The page's one prototype: leaving the page pauses it, coming back finds it as it was. */
export const prototype = new Prototype(
  () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'litmatter training' }),
);
