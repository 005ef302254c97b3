import { z } from 'zod';
import { type FieldKey, fieldKeys } from './fields.ts';

/** The Design page's address: text as it was typed, so that a shared link and a reload lose nothing, mistakes included. */
export type DesignSearch = { readonly [K in FieldKey]?: string | undefined } & {
  /** One a model: `schnet:small` or `schnet:small;cutoff=5;nRbf=50`. */
  model?: string[] | undefined;
  data?: string | undefined;
  /** As typed: `1,2,4`. */
  devices?: string | undefined;
  launcher?: string | undefined;
  /** The batch script that is open to be read: for so many devices. */
  script?: string | undefined;
};

const text = z
  .union([z.string(), z.array(z.string()).transform((list) => list.at(-1) ?? '')])
  .optional()
  .catch(undefined);
const schema = z.object({
  ...(Object.fromEntries(fieldKeys.map((key) => [key, text])) as Record<FieldKey, typeof text>),
  model: z
    .union([z.array(z.string()), z.string().transform((one) => [one])])
    .optional()
    .catch(undefined),
  data: text,
  devices: text,
  launcher: text,
  script: text,
});

export const designSearch = (raw: Record<string, unknown>): DesignSearch => schema.parse(raw) as DesignSearch;
