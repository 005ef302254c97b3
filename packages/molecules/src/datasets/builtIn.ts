import { bundled } from './bundled.ts';
import type { DatasetDefinition } from './dataset.ts';
import { qm9 } from './qm9.ts';
import { zinc } from './zinc.ts';

/** The data sets that are there without a config file; the first is the one a form starts from. */
export const builtInDatasets: readonly DatasetDefinition[] = [bundled, qm9, zinc];
