import { readFileSync } from 'node:fs';
import { decode, type ExperimentSpec, experimentSpec, InputError } from '@litmatter/protocol';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';

/** A spec read from a file, and where in the file each of its keys stands. */
export interface SpecFile {
  readonly spec: ExperimentSpec;
  /** Turn complaints about places of the spec ("models.0.name") into a sentence that names file and line. */
  located(error: InputError): InputError;
}

/**
 * Read a spec (YAML, of which JSON is a part).
 *
 * @throws InputError naming the file and the line of what is wrong
 */
export function readSpecFile(path: string): SpecFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new InputError(`There is no file ${path}.`);
    if (code === 'EISDIR') throw new InputError(`${path} is a folder: name the spec file in it.`);
    throw new InputError(`${path} cannot be read (${code}).`);
  }
  const lines = new LineCounter();
  // Core schema of YAML 1.2 without aliases: a spec has no use for them, and a few lines of them can fill the memory.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const [fault] = document.errors;
  if (fault) {
    throw new InputError(
      `${path}, line ${lines.linePos(fault.pos[0]).line}: ${firstSentence(fault.message)}.`,
    );
  }
  if (!isMap(document.contents)) {
    throw new InputError(`${path}, line 1: a spec is a list of keys and values like "name: My experiment".`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new InputError(`${path}: a spec must not use YAML aliases (&, *): write the values out.`);
  }

  const where = (place: readonly PropertyKey[]): string => {
    const offset = offsetOf(document, place);
    const line = offset === undefined ? 1 : lines.linePos(offset).line;
    return [`line ${line}`, place.join('.')].filter(Boolean).join(', ');
  };
  return {
    spec: decode(experimentSpec, value, path, where),
    located: (error) => {
      const [place] = Object.keys(error.fields ?? {});
      if (place === undefined) return error;
      return new InputError(`${path}, ${where(place.split('.'))}: ${error.message}`, error.fields);
    },
  };
}

/** Where a place of the document begins; of a place that is missing, where the thing begins that should hold it. */
function offsetOf(document: Document, place: readonly PropertyKey[]): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(document.contents);
  for (const step of place) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(step),
      );
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isNode(node) && 'items' in node) {
      node = (node.items as unknown[])[Number(step)];
      if (node === undefined) return offset;
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

function firstSentence(message: string): string {
  return message.split('\n', 1)[0]!.replace(/[.:]?\s*$/, '');
}

/** Do something with a spec; what is wrong with it is told with its file and line. */
export async function sayingLines<R>(file: SpecFile, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InputError ? file.located(error) : error;
  }
}
