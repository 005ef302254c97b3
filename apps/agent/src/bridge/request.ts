import { datasetChoice, parityRequest } from '@litmatter/protocol';
import { z } from 'zod';

/** What the hub hands on of what the Prototype page asked for: JSON on stdin. */
export const bridgeRequest = z.strictObject({
  /** Folder of downloaded and cached data sets. */
  dataFolder: z.string().min(1),
  /** litmatter.config.ts, absolute; null where there is none. */
  config: z.string().nullable(),
  asked: z.discriminatedUnion('work', [
    z.strictObject({ work: z.literal('molecules'), dataset: datasetChoice }),
    parityRequest.extend({ work: z.literal('parity') }),
  ]),
});

export type BridgeRequest = z.infer<typeof bridgeRequest>;
