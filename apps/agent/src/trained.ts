import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  type ResolvedModel,
  readWeights,
  resolveModel,
  type WeightCard,
  type Weights,
  weightsFrom,
} from '@litmatter/models';
import { type Backend, startBackend } from '@litmatter/models/node';
import { prepareTensorflow } from '@litmatter/models/tensorflow';
import { type BackendChoice, decode, InputError, type ModelChoice, modelChoice } from '@litmatter/protocol';
import { noNormalisation, Predictor } from '@litmatter/training';
import { nameBackendFolders } from './backends/ready.ts';
import type { Registry } from './config.ts';

/** How a person names a trained model: a weight file, and of the model what the file does not say itself. */
export interface TrainedChoice {
  readonly weights: string;
  readonly model?: string;
  readonly preset?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A model with its weights, ready to predict once a backend has been started. */
export interface Trained extends ResolvedModel {
  readonly choice: ModelChoice;
  readonly weights: Weights;
  /** Null for weights that were not written by LitMatter. */
  readonly card: WeightCard | null;
}

/** The preset of weights that do not say theirs: PyTorch Geometric's own sizes. */
const presetOfOthers = 'paper';

/**
 * Read a weight file and build its model. What the file says of itself goes before a preset's options, and what the
 * person says before both.
 *
 * @throws InputError where the file is no weight file, or not one of that model with those options
 */
export function loadTrained(named: TrainedChoice, registry: Registry): Trained {
  const weights = readWeights(readFile(named.weights), named.weights);
  const { card } = weights;
  const choice = choiceOf(named, card);
  const resolved = resolveModel(choice, registry.models);
  return { ...resolved, choice, card, weights: weightsFrom(weights, resolved.model) };
}

function choiceOf({ weights, model, preset, options }: TrainedChoice, card: WeightCard | null): ModelChoice {
  if (model === undefined && !card) {
    throw new InputError(
      `${weights} does not say which model it is of: name it with --model (and --preset, --options).`,
    );
  }
  if (model !== undefined && card && card.model.name !== model) {
    throw new InputError(`${weights} holds weights of the model "${card.model.name}", not of "${model}".`);
  }
  const own = card && (preset === undefined || preset === card.model.preset) ? card.model : undefined;
  const choice = {
    name: model ?? card?.model.name,
    preset: preset ?? own?.preset ?? presetOfOthers,
    options: { ...own?.options, ...options },
  };
  return decode(modelChoice, choice, 'The model');
}

/** Start a backend with every core of this machine: one process predicts. @throws LackingError */
export async function startPredicting(backend: BackendChoice): Promise<Backend> {
  nameBackendFolders();
  prepareTensorflow({ threadsPerRank: availableParallelism(), ranksInProcess: 1 });
  return startBackend(backend);
}

/** On the backend started. The caller disposes of it. */
export function predictorOf({ model, weights, card }: Trained): Predictor {
  return new Predictor(model, weights, card ? card.target : noNormalisation);
}

/** What a trained model is, for a person: "schnet small, epoch 12". */
export function trainedWords({ choice, card }: Trained): string {
  return `${choice.name} ${choice.preset}${card ? `, epoch ${card.epoch}` : ''}`;
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new InputError(`There is no file ${path}.`);
    if (code === 'EISDIR') throw new InputError(`${path} is a folder: name the weight file in it.`);
    throw new InputError(`${path} cannot be read (${code}).`);
  }
}
