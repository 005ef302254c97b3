import { type SplitPart, splitParts, targetOf } from '@litmatter/molecules';
import { type DatasetChoice, datasetChoice, decode, InputError, splitName } from '@litmatter/protocol';
import { type Score, score, type TrainingData } from '@litmatter/training';
import { Command, InvalidArgumentError, Option } from 'commander';
import { configFile, loadRegistry } from '../config.ts';
import { datasetFolder, defaultDataFolder } from '../folders.ts';
import { prepareData } from '../rank/prepare.ts';
import { loadTrained, predictorOf, startPredicting, type Trained, trainedWords } from '../trained.ts';
import { Counter } from './counter.ts';
import { positiveWhole } from './options.ts';
import { printTable } from './report.ts';
import { addTrainedOptions, type TrainedFlags } from './trained-options.ts';
import { counted, mae, secondsText } from './words.ts';

interface EvaluateFlags extends TrainedFlags {
  dataset?: string;
  split: SplitPart | typeof everyPart;
  target?: string;
  limit?: number;
  seed?: number;
  fractions?: { train: number; validation: number; test: number };
  named?: string;
  data?: string;
}

/** In the place of a part: the whole data set. */
const everyPart = 'all';

/** `litmatter evaluate`: how well a trained model predicts a part of a data set. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('errors of a trained model on a part of a data set, split as training splits it')
    .option('--dataset <name>', 'data set (default: the one the weights were trained on)')
    .addOption(
      new Option('--split <part>', 'which part; "all": every molecule, where none was trained on')
        .choices([...splitParts, everyPart])
        .default('test'),
    )
    .option('--target <name>', 'target (default: the one the weights were trained on)')
    .option('--limit <n>', 'use a sample of so many molecules, as training does', positiveWhole)
    .option('--seed <n>', 'seed of the split', seed)
    .option('--fractions <shares>', 'train,validation,test of the split: 0.8,0.1,0.1', fractions)
    .addOption(new Option('--named <split>', 'a split known by its name').choices(splitName.options))
    .option('--data <folder>', 'data folder (default: $LITMATTER_DATA, else .litmatter in this project)');
  return addTrainedOptions(command).action(evaluate);
}

async function evaluate(flags: EvaluateFlags): Promise<void> {
  const registry = await loadRegistry(configFile(flags.config));
  const trained = loadTrained(flags, registry);
  const dataset = datasetOf(flags, trained);
  const folder = datasetFolder(flags.data ?? defaultDataFolder());
  const data = await prepareData({ model: trained.choice, dataset }, registry, folder);
  const { unit } = targetOf(data.set, data.target);
  checkTarget(trained, { name: data.target, unit }, flags.weights);
  const places = flags.split === everyPart ? allOf(data, dataset.limit) : data.split[flags.split];
  if (places.length === 0) {
    throw new InputError(
      `The ${flags.split} part of the data set "${dataset.name}" is empty: choose another with --split, or give it a share with --fractions.`,
    );
  }
  const backend = await startPredicting(flags.backend);
  const predictor = predictorOf(trained);
  const counter = new Counter(places.length);
  let result: Score;
  try {
    result = await score(predictor, data, places, {
      batchSize: flags.batch,
      onProgress: (done) => counter.say(done),
    });
  } finally {
    counter.end();
    predictor.dispose();
  }
  const facts = { dataset: dataset.name, split: flags.split, target: data.target, unit };
  const { name: model, preset } = trained.choice;
  if (flags.json) process.stdout.write(`${JSON.stringify({ model, preset, ...facts, ...result })}\n`);
  else printScore(facts, result);
  process.stderr.write(
    `${trainedWords(trained)}: ${counted(result.count, 'molecule')} in ${secondsText(counter.seconds)}, ${backend.name} on ${backend.device}.\n`,
  );
}

/** Places of all molecules; of those that a limit keeps, where there is one. */
function allOf({ set, split }: TrainingData, limit: number | undefined): ArrayLike<number> {
  if (limit === undefined) return Uint32Array.from({ length: set.size }, (_, m) => m);
  return splitParts.flatMap((part) => Array.from(split[part]));
}

/** The data set that the flags name, split as they say; where they do not, as the weights were trained. */
function datasetOf(flags: EvaluateFlags, { card }: Trained): DatasetChoice {
  const own = card && (flags.dataset ?? card.dataset.name) === card.dataset.name ? card.dataset : undefined;
  const name = flags.dataset ?? own?.name;
  if (name === undefined) {
    throw new InputError(
      `${flags.weights} does not say what it was trained on: name a data set with --dataset.`,
    );
  }
  // A way to split takes the place of another; a seed serves both.
  const resplit = flags.fractions !== undefined || flags.named !== undefined;
  const seed = flags.seed ?? own?.split.seed;
  return decode(
    datasetChoice,
    {
      ...own,
      // A share of a limit means nothing of another.
      ...(flags.limit !== undefined && { used: undefined }),
      name,
      target: flags.target ?? own?.target ?? card?.target.name,
      limit: flags.limit ?? own?.limit,
      split: {
        ...(resplit ? { ...flags.fractions, named: flags.named } : own?.split),
        ...(seed !== undefined && { seed }),
      },
    },
    'The data set',
  );
}

/** @throws InputError where the weights predict something else than what they are held to */
function checkTarget({ card }: Trained, target: { name: string; unit: string }, weights: string): void {
  if (!card) return;
  if (card.target.name !== target.name) {
    throw new InputError(
      `${weights} predicts "${card.target.name}", not "${target.name}": choose that target, or other weights.`,
    );
  }
  if (card.target.unit !== target.unit) {
    throw new InputError(
      `${weights} predicts "${target.name}" in "${card.target.unit}", and this data set has it in "${target.unit}".`,
    );
  }
}

function printScore(
  { dataset, split, target, unit }: { dataset: string; split: string; target: string; unit: string },
  { count, mae: absolute, rmse, r2 }: Score,
): void {
  const of = (value: number) => `${mae(value)}${unit && ` ${unit}`}`;
  printTable(
    ['data set', 'part', 'molecules', 'target', 'MAE', 'RMSE', 'R^2'],
    [[dataset, split, String(count), target, of(absolute), of(rmse), r2 === null ? '-' : r2.toFixed(4)]],
  );
}

function fractions(text: string): { train: number; validation: number; test: number } {
  const shares = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [train, validation, test] = shares;
  if (shares.length === 3 && shares.every((share) => share >= 0 && share <= 1)) {
    return { train, validation, test };
  }
  throw new InvalidArgumentError('It must be three shares from 0 to 1: 0.8,0.1,0.1.');
}

function seed(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 on.');
}
