import { fieldKeys } from '../design/fields.ts';
import type { DesignSearch } from '../design/search.ts';
import { type PrototypeSearch, usualLimit } from './search.ts';

/** What the Design page is opened with: the same model, molecules and training, and what is only of this page left out. */
export function designOf(search: PrototypeSearch): DesignSearch {
  const kept = fieldKeys.filter((key) => key !== 'backend' && search[key] !== undefined);
  return {
    ...Object.fromEntries(kept.map((key) => [key, search[key]])),
    model: search.model?.slice(0, 1),
    data: search.data,
    limit: search.limit ?? usualLimit,
  };
}
