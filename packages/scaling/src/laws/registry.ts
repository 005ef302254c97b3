import type { Law } from './law.ts';
import { overhead } from './overhead.ts';
import { power } from './power.ts';

/** Every law that is fitted, simplest first: ties in the choice go to the earlier one. */
export const laws = [power, overhead] as const satisfies readonly Law[];
