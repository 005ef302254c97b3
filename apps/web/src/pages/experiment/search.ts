import { z } from 'zod';
import { quantityNames } from '../../charts/quantity-names.ts';

/** What is typed into the advice, as it was typed. */
export const advised = ['train', 'deadline', 'budget', 'floor', 'worth', 'most'] as const;
export type Advised = (typeof advised)[number];

const text = z.string().optional().catch(undefined);

/** What the address says of an experiment's page, so that a link shows a colleague the same view. */
const schema = z.object({
  /** The quantity of the scaling chart. */
  show: z.enum(quantityNames).optional().catch(undefined),
  /** What is drawn by epoch. */
  epochs: z.enum(['seconds', 'loss', 'mae']).optional().catch(undefined),
  /** What errors are drawn against, and on how many devices. */
  against: z.enum(['molecules', 'parameters']).optional().catch(undefined),
  on: text,
  /** Ids of experiments laid over this one, comma-joined. */
  with: text,
  /** Models of the paper laid over, by name, comma-joined. */
  paper: text,
  /** Advice: epochs to train, hours, device-hours, least efficiency in %, device-hours an hour of waiting is worth, devices at most. */
  train: text,
  deadline: text,
  budget: text,
  floor: text,
  worth: text,
  most: text,
  /** The run whose log is open. */
  log: text,
  /** The run whose ranks are. */
  ranks: text,
  sort: text,
  order: z.enum(['up', 'down']).optional().catch(undefined),
});

export type ExperimentSearch = z.output<typeof schema>;
export const experimentSearch = (raw: Record<string, unknown>): ExperimentSearch => schema.parse(raw);
