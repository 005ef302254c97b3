import { startBackend } from '@litmatter/models/browser';
import type { MoleculeSet } from '@litmatter/molecules';
import { type Case, type Measured, measure } from './measure.ts';

/** The measurements in a page. */
export interface BenchDoor {
  start(): Promise<string>;
  measure(set: MoleculeSet, one: Case, rounds: number): Promise<Measured>;
}

const bench: BenchDoor = {
  start: async () => (await startBackend('webgpu', { wasmPaths: 'none/' })).device,
  measure,
};

Object.assign(globalThis, { bench });
