import { InputError } from '@litmatter/protocol';
import { readText, type Source } from './source.ts';

/**
 * Read an index file: places in another file, from 0, between commas or spaces, as the benchmark sets of graph learning
 * name their subsets.
 *
 * @throws InputError for anything else, and for a place that stands twice
 */
export async function readIndices(source: Source): Promise<Uint32Array> {
  const words = (await readText(source)).split(/[\s,]+/).filter((word) => word !== '');
  const odd = words.find((word) => !/^\d{1,9}$/.test(word));
  if (odd !== undefined) {
    throw new InputError(
      `${source.name}: an index file holds whole numbers from 0; it has "${odd.slice(0, 40)}". Correct it.`,
    );
  }
  const indices = Uint32Array.from(words, Number);
  if (indices.length === 0) throw new InputError(`${source.name} holds no places. Choose another file.`);
  if (new Set(indices).size < indices.length) {
    const twice = indices.find((place, k) => indices.indexOf(place) < k);
    throw new InputError(`${source.name} names the place ${twice} twice. Correct it.`);
  }
  return indices;
}
