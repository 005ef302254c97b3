import { atomTypeColumn, type MoleculeSet, moleculeAt } from '@litmatter/molecules';
import { type BatchMolecule, decode, InputError, parityAnswer } from '@litmatter/protocol';
import type { Parity } from './messages.ts';
import { asked } from './molecules.ts';

/** What a session gives for a comparison: its weights, a batch, and what it predicts of it. */
export interface ParityCase {
  readonly weights: Uint8Array;
  readonly set: MoleculeSet;
  /** Places in the set. */
  readonly molecules: readonly number[];
  /** In the target's unit. */
  readonly predicted: Float64Array;
  readonly std: number;
}

/** Have the hub compute the same batch with the same weights, and compare. @throws InputError in the hub's words */
export async function compare(
  { weights, set, molecules, predicted, std }: ParityCase,
  here: string,
  address: string,
): Promise<Parity> {
  const body = { weights: base64(weights), molecules: molecules.map((m) => written(set, m)) };
  const answer = decode(parityAnswer, await (await asked(address, body)).json(), 'The hub’s answer');
  if (answer.predictions.length !== molecules.length) {
    throw new InputError('The hub has not predicted every molecule. Try it again.');
  }
  const apart = answer.predictions.map((value, k) => Math.abs(value - predicted[k]!));
  const largest = Math.max(...apart);
  return {
    type: 'parity',
    molecules: molecules.length,
    largest,
    at: moleculeAt(set, molecules[apart.indexOf(largest)]!).id,
    relative: largest / std,
    here,
    there: `${answer.backend}, ${answer.device}`,
  };
}

function written(set: MoleculeSet, m: number): BatchMolecule {
  const { id, atomicNumbers, positions, bonds = [] } = moleculeAt(set, m);
  const types = set.atomColumns[atomTypeColumn]?.subarray(set.atomOffsets[m], set.atomOffsets[m + 1]);
  return {
    id,
    atomicNumbers: [...atomicNumbers],
    bonds: bonds.map((bond) => [...bond]),
    ...(positions && { positions: positions.map((at) => [...at]) }),
    ...(types && { types: [...types] }),
  };
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(parts.join(''));
}
