import { id } from '@litmatter/protocol';
import { z } from 'zod';
import { type DesignSearch, designSearch } from '../design/search.ts';

/** The Prototype page's address: what the Design page has, under the same keys, and how the page is looked at. */
export interface PrototypeView {
  readonly speed?: 'full' | '10' | '2' | undefined;
  /** Place of the shown molecule in the validation part, among the worst, or among those predicted. */
  readonly molecule?: number | undefined;
  readonly by?: LookBy | undefined;
  readonly colour?: 'elements' | 'contributions' | undefined;
  readonly labels?: 'off' | undefined;
  /** A run of the hub whose weights are loaded. */
  readonly weights?: string | undefined;
}
/** So many molecules where the address does not say: an epoch is then done in a second or two. */
export const usualLimit = '1000';

/** What "molecule" counts among. */
const lookBy = z.enum(['place', 'worst', 'own']);
type LookBy = z.infer<typeof lookBy>;

export type PrototypeSearch = DesignSearch & PrototypeView;

const view = z.object({
  speed: z.enum(['full', '10', '2']).optional().catch(undefined),
  molecule: z.coerce.number().int().nonnegative().max(1e7).optional().catch(undefined),
  by: lookBy.optional().catch(undefined),
  colour: z.enum(['elements', 'contributions']).optional().catch(undefined),
  labels: z.enum(['off']).optional().catch(undefined),
  weights: id.optional().catch(undefined),
});

export const prototypeSearch = (raw: Record<string, unknown>): PrototypeSearch => ({
  ...designSearch(raw),
  ...view.parse(raw),
});
