import {
  encodeWeights,
  type Model,
  type ResolvedModel,
  readWeights,
  type WeightCard,
  weightsFrom,
} from '@litmatter/models';
import { InputError } from '@litmatter/protocol';
import { adamState, type TrainingState } from '@litmatter/training';
import { version } from '../../package.json';
import type { Job } from './messages.ts';

/** A training's parameters as a safetensors file that says what they are of. */
export function weightFileOf(
  { model }: ResolvedModel,
  { model: choice, dataset }: Job,
  state: TrainingState,
  { name, unit }: { readonly name: string; readonly unit: string },
  validationMae: number | null,
): Uint8Array<ArrayBuffer> {
  const { epoch, normalisation } = state;
  const target = { name, unit, ...normalisation };
  return encodeWeights(model, state, { version, model: choice, dataset, target, epoch, validationMae });
}

/**
 * The state of a training that goes on from a file's parameters: what Adam had learned of the others is forgotten.
 *
 * @param target - that is trained on
 * @throws InputError where the file is not this model's, or of another target
 */
export function stateFrom(
  bytes: Uint8Array,
  name: string,
  model: Model,
  state: TrainingState,
  target: string,
): { readonly state: TrainingState; readonly card: WeightCard | null } {
  const file = readWeights(bytes, name);
  const { card } = file;
  if (card && card.target.name !== target) {
    throw new InputError(
      `${name} predicts “${card.target.name}”, and this page trains on “${target}”. Choose that target first.`,
    );
  }
  const weights = weightsFrom(file, model);
  const normalisation = card ? { mean: card.target.mean, std: card.target.std } : state.normalisation;
  const adam = adamState(weights.parameters.length);
  return { state: { ...state, ...weights, normalisation, adam, best: null }, card };
}

/** What was loaded, and whether its errors here are of molecules it knows. */
export function loadedWords(name: string, card: WeightCard | null, job: Job): string {
  const epoch = card ? ` of epoch ${card.epoch}` : '';
  const loaded = `The weights${epoch} of ${name} are loaded.`;
  if (!card || sameMolecules(card.dataset, job.dataset)) return loaded;
  return `${loaded} They were trained on other molecules than these, or on more of them: the errors here may be of molecules they know.`;
}

/** Whether two choices of data train, validate and test on the same molecules. */
function sameMolecules(one: Job['dataset'], other: Job['dataset']): boolean {
  const which = ({ name, options, split, limit, used }: Job['dataset']) =>
    JSON.stringify([name, options, split, limit, used === limit ? undefined : used]);
  return which(one) === which(other);
}
