import type { z } from 'zod';
import type { ModelDefinition } from './model.ts';

/** A model as it is injected: the built-in ones and a user's end their files with this, which checks their types. */
export function defineModel<S extends z.ZodType>(definition: ModelDefinition<S>): ModelDefinition<S> {
  return definition;
}
