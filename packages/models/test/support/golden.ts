import { readFileSync } from 'node:fs';
import type { GoldenGraph, GoldenInputs, GoldenOptions, GoldenPNA, GoldenRun } from '../../src/parity.ts';

function read(name: string): string {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
}

export const goldenInputs = JSON.parse(read('inputs.json')) as GoldenInputs;
export const goldenSchNet = JSON.parse(read('schnet.json')) as GoldenRun & { readonly coeff: number };
export const goldenSchNetAtomref = JSON.parse(read('schnet_mean_std_atomref.json')) as GoldenRun;

export const goldenNNConv = JSON.parse(read('nnconv.json')) as GoldenGraph<readonly number[]>;

export const goldenDimeNet = JSON.parse(read('dimenet.json')) as GoldenRun;

/** PNA as PyG computes it today (head) and as it did in release 2.0.2. */
export function goldenPNA(release: 'head' | 'pyg202', mode: 'train' | 'eval'): GoldenPNA {
  return JSON.parse(read(`pna_${release}_${mode}.json`)) as GoldenPNA;
}

/** The four models at small sizes, for backends on which the full ones take minutes: fixtures/reduced/make.py. */
export const goldenReduced = {
  schnet: reduced<GoldenRun>('schnet'),
  nnconv: reduced<GoldenGraph<readonly number[]>>('nnconv'),
  dimenet: reduced<GoldenRun>('dimenet'),
  pna: reduced<GoldenPNA>('pna'),
};

function reduced<R>(model: string): R & { readonly options: GoldenOptions } {
  return JSON.parse(read(`reduced/${model}.json`)) as R & { readonly options: GoldenOptions };
}

export const goldenFill = JSON.parse(read('fill_check.json')) as {
  readonly 'fnv_mlp.0.weight': number;
  readonly vals_first5: readonly number[];
};

/** Names, shapes and sizes of a model's parameters as PyG lists them. */
export function shapesOf(model: string) {
  return read(`${model}-shapes.txt`)
    .trim()
    .split('\n')
    .map((line) => {
      const [, name, shape, size] = /^(\S+) \(([^)]*)\) (\d+)$/.exec(line)!;
      return { name, shape: shape.split(',').filter(Boolean).map(Number), size: Number(size) };
    });
}

export const schnetShapes = shapesOf('schnet');
