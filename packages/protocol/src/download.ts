import { z } from 'zod';
import { registryName } from './ids.ts';

const byteCount = z.number().int().nonnegative();

export const downloadPhase = z.enum(['downloading', 'checking', 'reading']);

/** A data set that the hub can download, and how far it has come. */
export const datasetDownload = z.object({
  name: registryName,
  /** Whether the data set is here. */
  available: z.boolean(),
  /** Bytes of all its files; null where that is not known beforehand. */
  size: byteCount.nullable(),
  /** Whether the part of its benchmark can be had alone. */
  hasSubset: z.boolean(),
  /** What goes on; null where nothing does. */
  phase: downloadPhase.nullable(),
  /** The file that is at work. */
  file: z.string().nullable(),
  /** What has come of that file, and how much of it there is; null where its server does not say. */
  bytes: byteCount,
  total: byteCount.nullable(),
  /** What is here of a download that broke off; the next one goes on from there. */
  kept: byteCount,
  /** Why the last one failed. */
  error: z.string().nullable(),
  /** How to have the data set without the hub's network. */
  byHand: z.string().nullable(),
});

export type DownloadPhase = z.infer<typeof downloadPhase>;
export type DatasetDownload = z.infer<typeof datasetDownload>;
