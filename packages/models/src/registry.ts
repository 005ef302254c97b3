import type { GraphSpec } from '@litmatter/molecules';
import { decode, InputError, type ModelCard, type ModelChoice } from '@litmatter/protocol';
import { z } from 'zod';
import type { Model, ModelDefinition } from './model.ts';
import { nnconv } from './nnconv.ts';
import { pna } from './pna.ts';
import { schnet } from './schnet.ts';

/** The models that come with LitMatter. A further one is a file beside schnet.ts and a name here. */
export const builtInModels: readonly ModelDefinition[] = [schnet, nnconv, pna];

/** The model of that name. @throws InputError naming those there are */
export function findModel(name: string, models: readonly ModelDefinition[] = builtInModels): ModelDefinition {
  const found = models.find((model) => model.name === name);
  if (found) return found;
  const known = models.map((model) => model.name).join(', ');
  throw new InputError(`There is no model "${name}"; there are: ${known}.`, {
    name: `there is no model "${name}"`,
  });
}

/** A model chosen, checked and built. */
export interface ResolvedModel {
  readonly definition: ModelDefinition;
  /** The preset's options with the chosen ones over them, as the schema reads them. */
  readonly options: unknown;
  readonly graph: GraphSpec;
  readonly model: Model;
}

/**
 * Merge a choice's preset and options through the model's schema, and build.
 *
 * @throws InputError where model or preset do not exist or an option is refused, with the fields to mark: `name`,
 * `preset`, `options.cutoff`
 */
export function resolveModel(
  choice: ModelChoice,
  models: readonly ModelDefinition[] = builtInModels,
): ResolvedModel {
  const definition = findModel(choice.name, models);
  const preset = Object.hasOwn(definition.presets, choice.preset)
    ? definition.presets[choice.preset]
    : undefined;
  if (!preset) {
    const known = Object.keys(definition.presets).join(', ');
    throw new InputError(`The model "${choice.name}" has no preset "${choice.preset}"; it has: ${known}.`, {
      preset: `there is no preset "${choice.preset}"`,
    });
  }
  // Decoded as a part of a whole, so that the fields are named from the whole.
  const { options } = decode(
    z.object({ options: definition.options }),
    { options: { ...(preset.options as object), ...choice.options } },
    `The model "${choice.name}"`,
  );
  return { definition, options, graph: definition.graph(options), model: definition.build(options) };
}

/** What a form shows of a model: its options as a JSON Schema, its presets with their parameter counts. */
export function modelCard(definition: ModelDefinition): ModelCard {
  const { name, title, description, reference, options, presets } = definition;
  return {
    name,
    title,
    description,
    reference,
    optionsSchema: z.toJSONSchema(options, { io: 'input' }) as Record<string, unknown>,
    presets: Object.entries(presets).map(([preset, { description: about, options: values, training }]) => ({
      name: preset,
      description: about,
      options: { ...(values as Record<string, unknown>) },
      parameters: definition.build(values).layout.size,
      training: { ...training },
    })),
  };
}
