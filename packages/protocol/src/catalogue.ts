import { z } from 'zod';
import { backendName, launcherName } from './spec.ts';

/** A JSON Schema as zod writes it: forms are drawn from these. */
export const jsonSchema = z.record(z.string(), z.unknown());

export const modelCard = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** The paper it comes from. */
  reference: z.string(),
  optionsSchema: jsonSchema,
  presets: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      options: z.record(z.string(), z.unknown()),
      parameters: z.number().int().positive(),
      /** Recipe values a form starts from. */
      training: z.record(z.string(), z.unknown()),
    }),
  ),
});

export const targetCard = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.string(),
  description: z.string(),
});

export const datasetCard = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  licence: z.string(),
  source: z.string(),
  molecules: z.number().int().nonnegative().nullable(),
  bytes: z.number().int().nonnegative().nullable(),
  /** False until downloaded or imported; `mend` is the command that gets it. */
  available: z.boolean(),
  mend: z.string().nullable(),
  targets: z.array(targetCard),
  defaultTarget: z.string(),
  /** Sizes of its own split, the one named "official"; null where it has none, left out where they are not known. */
  split: z
    .object({
      train: z.number().int().nonnegative(),
      validation: z.number().int().nonnegative(),
      test: z.number().int().nonnegative(),
    })
    .nullable()
    .optional(),
  /** What its molecules have; null or left out where that is not known without loading it. */
  contents: z.object({ positions: z.boolean(), bonds: z.boolean() }).nullable().optional(),
  /** Whether it was imported or downloaded into the hub's folder, so that it can be removed from there. */
  removable: z.boolean().optional(),
});

export const backendCard = z.object({
  name: backendName,
  available: z.boolean(),
  /** What it would compute on here, or why it cannot. */
  detail: z.string(),
  mend: z.string().nullable(),
});

export const launcherCard = z.object({
  name: launcherName,
  available: z.boolean(),
  detail: z.string(),
  mend: z.string().nullable(),
  /** Devices that can work at once without sharing; null where not known. */
  devices: z.number().int().positive().nullable(),
  /** What this site's configuration says where a spec's `launcher` says nothing: by the key in the spec. */
  site: z.record(z.string(), z.string()).optional(),
});

/** What can be chosen on this hub. */
export const catalogue = z.object({
  version: z.string(),
  models: z.array(modelCard),
  datasets: z.array(datasetCard),
  backends: z.array(backendCard),
  launchers: z.array(launcherCard),
  host: z.object({
    name: z.string(),
    cores: z.number().int().positive(),
    memoryBytes: z.number(),
    platform: z.string(),
  }),
});

export type ModelCard = z.infer<typeof modelCard>;
export type TargetCard = z.infer<typeof targetCard>;
export type DatasetCard = z.infer<typeof datasetCard>;
export type BackendCard = z.infer<typeof backendCard>;
export type LauncherCard = z.infer<typeof launcherCard>;
export type Catalogue = z.infer<typeof catalogue>;
