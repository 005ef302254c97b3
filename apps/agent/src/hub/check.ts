import type { ModelDefinition } from '@litmatter/models';
import { chooseTarget, findDataset } from '@litmatter/molecules';
import { decode, type ExperimentSpec, InputError, type ModelChoice } from '@litmatter/protocol';
import type { Registry } from '../config.ts';
import type { Launcher } from '../launchers/launcher.ts';
import { launcherNamed } from '../launchers/registry.ts';

/** The model of that name. @throws InputError naming those there are, with the field to mark */
export function findModel(
  models: readonly ModelDefinition[],
  name: string,
  place = 'models.0',
): ModelDefinition {
  const found = models.find((model) => model.name === name);
  if (found) return found;
  const known = models.map((model) => model.name).join(', ');
  throw new InputError(`There is no model "${name}"; there are: ${known}.`, {
    [`${place}.name`]: `there is no model "${name}"`,
  });
}

/** A model's options: the preset's, with those of the spec instead where it names any. @throws InputError */
export function modelOptions(model: ModelDefinition, choice: ModelChoice, place = 'models.0'): unknown {
  const preset = Object.hasOwn(model.presets, choice.preset) ? model.presets[choice.preset] : undefined;
  if (preset === undefined) {
    const known = Object.keys(model.presets).join(', ');
    throw new InputError(`The model "${model.name}" has no preset "${choice.preset}"; it has: ${known}.`, {
      [`${place}.preset`]: `there is no preset "${choice.preset}"`,
    });
  }
  try {
    return decode(
      model.options,
      { ...(preset.options as object), ...choice.options },
      `The options of the model "${model.name}"`,
    );
  } catch (error) {
    throw within(error, `${place}.options`);
  }
}

/**
 * Check what the protocol's schema cannot know: that models, presets, options, data set, target and launcher are
 * there. Nothing is loaded.
 *
 * @throws InputError with the fields to mark
 */
export function checkSpec(spec: ExperimentSpec, registry: Registry, launchers: readonly Launcher[]): void {
  for (const [index, choice] of spec.models.entries()) {
    const place = `models.${index}`;
    modelOptions(findModel(registry.models, choice.name, place), choice, place);
  }
  const dataset = findDataset(registry.datasets, spec.dataset.name);
  chooseTarget(dataset, spec.dataset.target);
  try {
    decode(dataset.options, spec.dataset.options, `The options of the data set "${dataset.name}"`);
  } catch (error) {
    throw within(error, 'dataset.options');
  }
  launcherNamed(launchers, spec.launcher.name);
}

/** An error about a part, with its fields named from the whole. */
function within(error: unknown, place: string): unknown {
  if (!(error instanceof InputError)) return error;
  const fields = Object.entries(error.fields ?? {}).map(([at, text]) => [
    at ? `${place}.${at}` : place,
    text,
  ]);
  return new InputError(error.message, Object.fromEntries(fields));
}
