import { z } from 'zod';
import { backendName } from './spec.ts';

/** What the Prototype page asks of the hub: molecules of its data sets, and what the hub's backend computes of a batch. */

/** A browser is given so many molecules of a data set at most. */
export const mostMoleculesForPage = 20_000;

const whole = z.number().int().nonnegative();

/** A molecule with all that a model may look at. */
export const batchMolecule = z.strictObject({
  id: z.string().max(10_000),
  atomicNumbers: z.array(whole.max(118)).min(1).max(10_000),
  /** angstrom */
  positions: z.array(z.array(z.number()).length(3)).max(10_000).optional(),
  /** Atom, atom (from 0), order 1 .. 4. */
  bonds: z.array(z.array(whole).length(3)).max(40_000),
  /** ZINC's atom-type ids, where the model works with those. */
  types: z.array(whole).max(10_000).optional(),
});

/** The same batch there as here. */
export const parityRequest = z.strictObject({
  /** A safetensors file written by LitMatter, in base64. */
  weights: z.string().min(1),
  molecules: z.array(batchMolecule).min(1).max(256),
});

export const parityAnswer = z.object({
  backend: backendName,
  device: z.string(),
  /** One a molecule, in the target's unit. */
  predictions: z.array(z.number()),
});

export type BatchMolecule = z.infer<typeof batchMolecule>;
export type ParityRequest = z.infer<typeof parityRequest>;
export type ParityAnswer = z.infer<typeof parityAnswer>;
