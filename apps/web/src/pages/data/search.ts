import { z } from 'zod';

/** What the address says of the page of data sets. */
const schema = z.object({
  /** The data set that is looked into. */
  name: z.string().optional().catch(undefined),
  /** The molecule that is shown, among those looked at. */
  molecule: z.coerce.number().int().nonnegative().max(1e7).optional().catch(undefined),
});

export type DataSearch = z.output<typeof schema>;
export const dataSearch = (raw: Record<string, unknown>): DataSearch => schema.parse(raw);
