import { readWeights, resolveModel, weightsFrom } from '@litmatter/models';
import { atomTypeColumn, buildGraphs, collate, moleculeSet } from '@litmatter/molecules';
import { type BatchMolecule, InputError, type ParityAnswer, type ParityRequest } from '@litmatter/protocol';
import { Predictor } from '@litmatter/training';
import type { Registry } from '../config.ts';
import { startPredicting } from '../trained.ts';

const what = 'The weights';

/**
 * What a model trained in a page predicts here of the page's own batch.
 *
 * @throws InputError where weights and model do not belong together, or a molecule is none
 */
export async function predictBatch(
  { weights, molecules }: ParityRequest,
  registry: Registry,
): Promise<ParityAnswer> {
  const file = readWeights(Buffer.from(weights, 'base64'), what);
  const { card } = file;
  if (!card) throw new InputError(`${what} do not say which model they are of: send those LitMatter wrote.`);
  const { model, graph } = resolveModel(card.model, registry.models);
  const trained = weightsFrom(file, model);
  const set = batchSet(molecules);
  const batch = collate(set, buildGraphs(set, graph), [...molecules.keys()]);
  const { name: backend, device } = await startPredicting('auto');
  const predictor = new Predictor(model, trained, card.target);
  try {
    return { backend, device, predictions: [...(await predictor.predict(batch))] };
  } finally {
    predictor.dispose();
  }
}

function batchSet(molecules: readonly BatchMolecule[]) {
  const set = moleculeSet(
    molecules.map(({ positions, types: _types, ...rest }) => ({ ...rest, ...(positions && { positions }) })),
  );
  if (!molecules.some(({ types }) => types)) return set;
  const types = molecules.flatMap(({ id, types = [], atomicNumbers }) => {
    if (types.length === atomicNumbers.length) return types;
    throw new InputError(
      `Molecule "${id}" has ${atomicNumbers.length} atoms and ${types.length} atom types.`,
    );
  });
  return { ...set, atomColumns: { [atomTypeColumn]: Float32Array.from(types) } };
}
