import { type BackendChoice, backendChoice } from '@litmatter/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TrainedChoice } from '../trained.ts';
import { positiveWhole } from './options.ts';

/** What `predict` and `evaluate` both are told. */
export interface TrainedFlags extends TrainedChoice {
  backend: BackendChoice;
  batch: number;
  config?: string;
  json?: boolean;
}

export function addTrainedOptions(command: Command): Command {
  return command
    .requiredOption(
      '--weights <file>',
      "a .safetensors file: a run's weights, or a state_dict of PyTorch Geometric",
    )
    .option('--model <name>', 'which model they are of, where the file does not say it')
    .option('--preset <name>', 'its preset, where the file does not say it (default: paper)')
    .option('--options <json>', 'options of the model that are not the preset’s: {"cutoff":5}', jsonObject)
    .addOption(new Option('--backend <name>', 'what computes').choices(backendChoice.options).default('auto'))
    .option('--batch <n>', 'molecules computed at once', positiveWhole, 128)
    .option('--config <file>', 'a litmatter.config.ts (default: the nearest one upward)')
    .option('--json', 'one JSON object a line on stdout');
}

function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It must be JSON, such as {"cutoff":5}.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"cutoff":5}.');
}
