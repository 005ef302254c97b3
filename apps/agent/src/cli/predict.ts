import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { readMolecules } from '@litmatter/molecules';
import { fileSource } from '@litmatter/molecules/node';
import { type Prediction, predictMolecules } from '@litmatter/training';
import { Command } from 'commander';
import { configFile, loadRegistry } from '../config.ts';
import { loadTrained, predictorOf, startPredicting, type Trained, trainedWords } from '../trained.ts';
import { Counter } from './counter.ts';
import { addTrainedOptions, type TrainedFlags } from './trained-options.ts';
import { counted, secondsText } from './words.ts';

interface PredictFlags extends TrainedFlags {
  input: string;
}

/** `litmatter predict`: what a trained model says of the molecules of a file. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .description('predict the target of every molecule of a file')
    .requiredOption(
      '--input <file>',
      '.sdf, .xyz, .extxyz, .csv with a column smiles, .smi or .jsonl graphs (or .gz)',
    );
  return addTrainedOptions(command).action(predict);
}

async function predict(flags: PredictFlags): Promise<void> {
  const trained = loadTrained(flags, await loadRegistry(configFile(flags.config)));
  const molecules = await readMolecules(fileSource(flags.input), trained.graph);
  const { name, device } = await startPredicting(flags.backend);
  const predictor = predictorOf(trained);
  const counter = new Counter(molecules.size);
  try {
    const batches = predictMolecules(predictor, molecules, trained.graph, {
      what: flags.input,
      batchSize: flags.batch,
    });
    let done = 0;
    for await (const batch of batches) {
      const head = done > 0 || flags.json ? '' : `id\t${columnName(trained)}\n`;
      const lines = batch.map(flags.json ? jsonLine : textLine).join('');
      if (!process.stdout.write(head + lines)) await once(process.stdout, 'drain');
      done += batch.length;
      counter.say(done);
    }
  } finally {
    counter.end();
    predictor.dispose();
  }
  process.stderr.write(
    `${trainedWords(trained)}: ${counted(molecules.size, 'molecule')} in ${secondsText(counter.seconds)}, ${name} on ${device}.\n`,
  );
  if (!trained.card) {
    process.stderr.write(
      `${flags.weights} does not say what it predicts: the numbers are in the unit it was trained in.\n`,
    );
  }
}

/** "gap [eV]" */
function columnName({ card }: Trained): string {
  if (!card) return 'prediction';
  const { name, unit } = card.target;
  return unit === '' ? name : `${name} [${unit}]`;
}

function jsonLine({ id, prediction }: Prediction): string {
  return `${JSON.stringify({ id, prediction })}\n`;
}

/** Six figures: what float32 has to say. */
function textLine({ id, prediction }: Prediction): string {
  return `${stripVTControlCharacters(id)}\t${Number(prediction.toPrecision(6))}\n`;
}
