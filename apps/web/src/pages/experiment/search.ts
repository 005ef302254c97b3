import { z } from 'zod';
import { quantityNames } from '../../charts/quantity-names.ts';

const text = z.string().optional().catch(undefined);

/** What the address says of an experiment's page, so that a link shows a colleague the same view. */
const schema = z.object({
  /** The quantity of the scaling chart. */
  show: z.enum(quantityNames).optional().catch(undefined),
  /** What is drawn by epoch. */
  epochs: z.enum(['seconds', 'loss', 'mae']).optional().catch(undefined),
  /** Ids of experiments laid over this one, comma-joined. */
  with: text,
  /** The run whose log is open. */
  log: text,
  sort: text,
  order: z.enum(['up', 'down']).optional().catch(undefined),
});

export type ExperimentSearch = z.output<typeof schema>;
export const experimentSearch = (raw: Record<string, unknown>): ExperimentSearch => schema.parse(raw);
