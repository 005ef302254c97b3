import { decode, InputError } from '@litmatter/protocol';
import { z } from 'zod';
import { SetBuilder } from '../builder.ts';
import { atomicNumberOf } from '../elements.ts';
import { atomTypeColumn, type MoleculeSet } from '../set.ts';
import { zincAtomTypes, zincElement } from '../vocabulary.ts';
import { eachLine, type Source } from './source.ts';
import { nameAndUnit } from './table.ts';

const atomType = z
  .number()
  .int()
  .min(0)
  .max(zincAtomTypes.length - 1, `must be the id of one of ZINC's ${zincAtomTypes.length} atom types`);
const place = z.number().int().nonnegative();
const bondType = z.number().int().min(1).max(3, 'must be a bond of type 1, 2 or 3');
const number = z.number();
const id = z.union([z.string(), z.number()]).optional();

/** A list whose entries may be lists of one number each: what tools that write tensors make of it. */
const column = (entry: z.ZodType<number>) =>
  z.preprocess((value) => (Array.isArray(value) ? value.flat() : value), z.array(entry));

/** {"nodes":[0,0,1],"edges":[[0,1,1],[1,2,2]],"y":0.3,"id":"a"} */
const plainGraph = z.object({
  nodes: z.array(atomType).min(1, 'must not be empty'),
  edges: z.array(z.tuple([place, place, bondType])),
  y: z.union([number, z.record(z.string(), number)]).optional(),
  id,
});

/** The same as PyTorch Geometric's tensors are written out: the rows of huggingface.co/datasets/graphs-datasets/ZINC. */
const tensorGraph = z
  .object({
    node_feat: column(atomType),
    edge_index: z.tuple([z.array(place), z.array(place)]),
    edge_attr: column(bondType),
    y: z.union([number, column(number).pipe(z.tuple([number]).transform(([y]) => y))]).optional(),
    id,
  })
  .refine(
    ({ edge_index: [from, to], edge_attr: types }) =>
      from.length === to.length && from.length === types.length,
    {
      message: 'edge_index must have two rows, and edge_attr as many entries as each of them',
    },
  );

type Graph = z.infer<typeof plainGraph>;

function graphOf(value: unknown, where: string): Graph {
  if (typeof value !== 'object' || value === null || !('node_feat' in value)) {
    return decode(plainGraph, value, where);
  }
  const { node_feat: nodes, edge_index, edge_attr, ...rest } = decode(tensorGraph, value, where);
  const [from, to] = edge_index;
  return { nodes, edges: edge_attr.map((type, e) => [from[e], to[e], type]), ...rest };
}

/** The targets of a graph by name; a number on its own is called "y". */
function targetsOf({ y }: Graph): ReadonlyMap<string, number> {
  if (y === undefined) return new Map();
  return new Map(typeof y === 'number' ? [['y', y]] : Object.entries(y));
}

function namesOf(keys: readonly string[], where: string): { name: string; unit: string }[] {
  const targets = keys.map(nameAndUnit);
  const empty = targets.findIndex(({ name }) => name === '');
  if (empty >= 0) throw new InputError(`${where}: "${keys[empty]}" is no name for a target. Rename it.`);
  if (new Set(targets.map(({ name }) => name)).size < targets.length) {
    throw new InputError(`${where}: two targets come to the same name. Rename one of them.`);
  }
  return targets;
}

/** The atomic number of each type. */
const elements = zincAtomTypes.map((_, type) => atomicNumberOf(zincElement(type)));

/** A set of graphs, all with the targets of the first. */
class GraphSet {
  readonly #builder: SetBuilder;
  readonly #keys: readonly string[];
  readonly #types: number[] = [];

  constructor(first: Graph, where: string) {
    this.#keys = [...targetsOf(first).keys()];
    this.#builder = new SetBuilder({ geometry: false, targets: namesOf(this.#keys, where) });
  }

  add(graph: Graph, where: string): void {
    const builder = this.#builder;
    builder.begin(String(graph.id ?? builder.size + 1), builder.size);
    for (const type of graph.nodes) {
      builder.atom(elements[type], 0, 0, 0);
      this.#types.push(type);
    }
    this.#addBonds(graph, where);
    this.#setTargets(targetsOf(graph), where);
    builder.end(where);
  }

  /** Bonds, each once: edges may be listed in one direction or in both. */
  #addBonds({ nodes, edges }: Graph, where: string): void {
    const met = new Map<number, number>();
    for (const [a, b, type] of edges) {
      if (a >= nodes.length || b >= nodes.length) {
        throw new InputError(
          `${where}: the edge ${a}-${b} names an atom that is not there (there are ${nodes.length}). Correct it.`,
        );
      }
      const back = met.get(b * nodes.length + a);
      if (back === undefined || met.has(a * nodes.length + b)) this.#builder.bond(a, b, type);
      else if (back !== type) {
        throw new InputError(
          `${where}: the edge ${a}-${b} has the type ${type}, and ${b}-${a} has ${back}. Make them one.`,
        );
      }
      met.set(a * nodes.length + b, type);
    }
  }

  #setTargets(targets: ReadonlyMap<string, number>, where: string): void {
    const added = [...targets.keys()].find((key) => !this.#keys.includes(key));
    const odd = added ?? this.#keys.find((key) => !targets.has(key));
    if (odd !== undefined) {
      const [has, lacks] = added === undefined ? ['lacks', 'has'] : ['has', 'lacks'];
      throw new InputError(
        `${where} ${has} the target "${odd}", and the first graph ${lacks} it. Give all graphs the same targets.`,
      );
    }
    for (const [t, key] of this.#keys.entries()) this.#builder.target(t, targets.get(key) ?? Number.NaN);
  }

  build(): MoleculeSet {
    return {
      ...this.#builder.build(),
      atomColumns: { [atomTypeColumn]: Float32Array.from(this.#types) },
    };
  }
}

/**
 * Read graphs from JSON Lines, one molecule a line: atoms are ids of ZINC's types, edges [atom, atom, bond type 1 .. 3]
 * in one direction or in both. `y` (a number, or several by name, with units as in "gap [eV]") become targets: all
 * lines have those of the first. Molecules have no positions; one's name is its `id`, or else its number.
 *
 * @throws InputError naming file and line; nothing of a bad file is returned
 */
export async function readGraphs(source: Source): Promise<MoleculeSet> {
  const sets: GraphSet[] = [];
  await eachLine(source, (text, line) => {
    if (text.trim() === '') return;
    const where = `${source.name}, line ${line}`;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new InputError(`${where} is not JSON. Each line must be one graph; correct it.`);
    }
    const graph = graphOf(value, where);
    if (sets.length === 0) sets.push(new GraphSet(graph, where));
    sets[0].add(graph, where);
  });
  if (sets.length === 0) throw new InputError(`${source.name} holds no molecules. Choose another file.`);
  return sets[0].build();
}
