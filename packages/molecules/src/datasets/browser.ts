import { InputError } from '@litmatter/protocol';
import type { DatasetContext } from './dataset.ts';

/** Data sets in a page or its worker: what ships with the page, by fetch; no data folder. */
export const browserDatasets: DatasetContext = {
  async asset(url) {
    const response = await fetch(url);
    if (!response.ok) {
      throw new InputError(`${url.pathname} could not be fetched (${response.status}). Reload the page.`);
    }
    return new Uint8Array(await response.arrayBuffer());
  },
  open: async () => null,
  folder: () => null,
};
