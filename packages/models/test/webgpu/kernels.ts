import {
  add,
  concat,
  cos,
  matMul,
  mul,
  reshape,
  sin,
  split,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  transpose,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { set2set, uploadPlaces } from '../../src/blocks/set2set.ts';
import { type Activation, activate, activationCode } from '../../src/ops/activation.ts';
import { adamVectors } from '../../src/ops/adam.ts';
import { bilinear, uploadTriplets } from '../../src/ops/bilinear.ts';
import { dense, denseOnto } from '../../src/ops/dense.ts';
import { edgesFor, uploadSegments } from '../../src/ops/edges.ts';
import { errorSum } from '../../src/ops/error-sum.ts';
import { gaussians } from '../../src/ops/gaussians.ts';
import { gruGates } from '../../src/ops/gru-gates.ts';
import { neighbourStatistics, uploadBonds } from '../../src/ops/neighbour-statistics.ts';
import { neighbourSum, pairCount, uploadPairs } from '../../src/ops/neighbour-sum.ts';
import { columnMoments, normaliseColumns } from '../../src/ops/normalise.ts';
import { withComposedOps } from '../../src/ops/op.ts';
import { outerSum } from '../../src/ops/outer-sum.ts';
import { radialProduct } from '../../src/ops/radial-product.ts';
import { combineRows, combineRowsOfEach, uploadRows } from '../../src/ops/rows.ts';
import { sumScaled } from '../../src/ops/sum-scaled.ts';
import { batchOf, chain, cloud } from '../support/molecules.ts';
import { apart, between, difference, numbers } from './compare.ts';

/** One shape of one kernel, drawn at random: how far it is from the composed op. */
type Trial = () => Promise<number>;

interface KernelCheck {
  /** The kernels it runs. */
  readonly kernels: readonly string[];
  readonly trials: fc.Arbitrary<Trial>;
}

const width = (max = 37) => fc.integer({ min: 1, max });
const activation = fc.constantFrom(...(Object.keys(activationCode) as Activation[]));
const curved = activation.filter((name) => name !== 'identity');
/** Molecules of several sizes, among them single atoms. */
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

/** Molecules as clouds of atoms, or as chains of bonds. */
const molecules = (of: readonly number[], make: typeof cloud = cloud) => of.map((n, k) => make(n, k + 1));

export const kernelChecks: Readonly<Record<string, KernelCheck>> = {
  'dense layers': {
    kernels: ['Dense', 'DenseGradient'],
    trials: fc
      .record({
        rows: width(70),
        from: width(),
        to: width(),
        f: activation,
        biased: fc.boolean(),
        data: fc.boolean(),
      })
      .map(({ rows, from, to, f, biased, data }) => () => {
        const x = numbers([rows, from], 1);
        const weights = [numbers([to, from], 2), ...(biased ? [numbers([to], 3)] : [])];
        const layer = (w: Tensor, b: Tensor | undefined, v: Tensor) =>
          dense(v as Tensor2D, w as Tensor2D, {
            ...(b && { bias: b as Tensor1D }),
            activation: f,
            inputGradient: !data,
          });
        if (!data) {
          const op = (w: Tensor, ...rest: Tensor[]) => layer(w, biased ? rest[0] : undefined, rest.at(-1)!);
          return apart(() => op, [...weights, x]);
        }
        const fixed = () => (w: Tensor, b?: Tensor) => layer(w, b, reshape(tensor1d(x.values), [rows, from]));
        return apart(fixed, weights);
      }),
  },
  'dense layers on top of something': {
    kernels: ['DenseOnto'],
    trials: fc
      .record({
        rows: width(20),
        from: width(20),
        to: width(20),
        f: fc.constantFrom('identity' as const, 'relu' as const),
        biased: fc.boolean(),
      })
      .map(({ rows, from, to, f, biased }) => () => {
        const op = (base: Tensor, x: Tensor, w: Tensor, b?: Tensor) =>
          denseOnto(base as Tensor2D, x as Tensor2D, w as Tensor2D, {
            ...(b && { bias: b as Tensor1D }),
            activation: f,
          });
        const given = [numbers([rows, to], 1), numbers([rows, from], 2), numbers([to, from], 3)];
        return apart(() => op, [...given, ...(biased ? [numbers([to], 4)] : [])]);
      }),
  },
  activations: {
    kernels: ['Activate', 'ActivateGradient'],
    trials: fc.record({ rows: width(), columns: width(), f: curved }).map(({ rows, columns, f }) => () => {
      const x = numbers([rows, columns], 4);
      // Tails too: what a careless form would overflow in.
      const wide = { ...x, values: x.values.map((v) => 40 * v ** 3) };
      return apart(() => (v) => activate(v, f), [wide]);
    }),
  },
  'the flat step of Adam': {
    kernels: ['AdamStep'],
    trials: fc.record({ size: width(300), step: fc.integer({ min: 1, max: 2000 }) }).map((at) => async () => {
      const { size, step: t } = at;
      const vector = (seed: number) => tensor1d(numbers([size], seed).values);
      const rates = {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        scale: 1 / 12,
        rate: 1e-3 / (1 - 0.9 ** t),
        root: 1 / Math.sqrt(1 - 0.999 ** t),
      };
      const stepped = () => {
        const secondMoment = tensor1d(numbers([size], 3).values.map((v) => v * v));
        const before = { parameters: vector(1), firstMoment: vector(2), secondMoment };
        return Object.values(adamVectors(before, vector(4), rates)).map((after) => after.data());
      };
      const [own, composed] = [await Promise.all(stepped()), await Promise.all(withComposedOps(stepped))];
      return Math.max(...own.map((values, k) => difference(values, composed[k])));
    }),
  },
  'sums of errors': {
    kernels: ['ErrorSum'],
    trials: fc
      .record({ count: width(200), kind: fc.constantFrom('square' as const, 'absolute' as const) })
      .map(({ count, kind }) => () => {
        // Few different numbers, so that some errors are 0; some molecules weigh nothing.
        const targets = numbers([count], 1, 4).values;
        const weights = targets.map((_, m) => Number(m % 5 !== 3));
        return apart(
          () => (predictions) =>
            errorSum(kind, predictions as Tensor1D, tensor1d(targets), tensor1d(weights)),
          [numbers([count], 2, 4)],
        );
      }),
  },
  'gather x filter -> neighbour sum': {
    kernels: ['NeighbourSum', 'NeighbourSumGradient'],
    trials: fc.record({ sizes, features: width(), cutoff: fc.constantFrom(1.7, 2.5, 9) }).map((at) => () => {
      const batch = batchOf(molecules(at.sizes), { kind: 'radius', cutoff: at.cutoff });
      const scale = numbers([batch.pairs], 3).values;
      return apart(() => {
        const graph = uploadPairs(batch, scale);
        return (x, filter) => neighbourSum(x as Tensor2D, filter as Tensor2D, graph);
      }, [numbers([batch.atoms, at.features], 1), numbers([pairCount(batch), at.features], 2)]);
    }),
  },
  'the radial basis': {
    kernels: ['Gaussians'],
    trials: fc.record({ count: width(90), basis: width(50) }).map(
      ({ count, basis }) =>
        () =>
          apart(
            () => () =>
              gaussians(
                tensor1d(numbers([count], 1).values.map((v) => 5 + 5 * v)),
                tensor1d(Float32Array.from({ length: basis }, (_, k) => k / 5)),
                -12,
              ),
            [],
          ),
    ),
  },
  'weighted sums of rows': {
    kernels: ['CombineRows', 'CombineRowsOfEach'],
    trials: fc
      .record({
        sources: width(90),
        rows: width(),
        terms: width(5),
        features: width(),
        several: fc.boolean(),
      })
      .map(({ sources, rows, terms, features, several }) => () => {
        const size = rows * terms;
        const weight = numbers([size], 5).values.map((w, k) => (k % 4 === 1 ? 0 : w));
        const index = Int32Array.from({ length: size }, (_, k) => (k * k * 7 + k) % sources);
        return apart(() => {
          const map = uploadRows({ sources, rows, terms, index, weight });
          return (...xs) =>
            several
              ? concat(combineRowsOfEach([xs[0], mul(xs[0], 2), mul(xs[0], xs[0])] as Tensor2D[], map), 1)
              : combineRows(xs[0] as Tensor2D, map);
        }, [numbers([sources, features], 6)]);
      }),
  },
  'the gates of a GRU': {
    kernels: ['GruGates', 'GruGatesGradient'],
    trials: fc.record({ rows: width(), features: width() }).map(({ rows, features }) => () => {
      const op = (x: Tensor, h: Tensor, state: Tensor) =>
        gruGates(x as Tensor2D, h as Tensor2D, state as Tensor2D);
      const gates = [rows, 3 * features];
      return apart(() => op, [numbers(gates, 1), numbers(gates, 2), numbers([rows, features], 3)]);
    }),
  },
  'steps of Set2Set': {
    kernels: [
      'LstmCell',
      'LstmCellGradient',
      'Attend',
      'AttendGradient',
      'MemoryWeight',
      'MemoryWeightGradient',
    ],
    trials: fc.record({ sizes, features: fc.constantFrom(1, 6, 8, 66), steps: width(2) }).map((at) => () => {
      const batch = batchOf(molecules(at.sizes), { kind: 'complete' });
      const f = at.features;
      const make = () => {
        const places = uploadPlaces(batch);
        return (x: Tensor, ...[input, recurrent, inputBias, recurrentBias]: Tensor[]) => {
          const parameters = {
            's.lstm.weight_ih_l0': input,
            's.lstm.weight_hh_l0': recurrent,
            's.lstm.bias_ih_l0': inputBias,
            's.lstm.bias_hh_l0': recurrentBias,
          };
          return set2set(parameters, 's', x as Tensor2D, places, at.steps);
        };
      };
      // Weights so small that no gate is shut.
      const weight = (shape: number[], seed: number) => {
        const { values } = numbers(shape, seed);
        return { shape, values: values.map((v) => v / Math.sqrt(f)) };
      };
      const x = { shape: [batch.atoms, f], values: weight([batch.atoms, f], 1).values };
      const weights = [weight([4 * f, 2 * f], 2), weight([4 * f, f], 3)];
      return apart(make, [x, ...weights, weight([4 * f], 4), weight([4 * f], 5)]);
    }),
  },
  'sums of outer products': {
    kernels: ['OuterSum', 'OuterSumGradient'],
    trials: fc.record({ sizes, m: width(21), n: width(21) }).map(({ sizes: of, m, n }) => () => {
      const batch = batchOf(molecules(of), { kind: 'complete' });
      // Rows as each form lays them out, from one row an edge.
      const make = () => {
        const rows = edgesFor(batch, 'OuterSum');
        const segments = uploadSegments(batch, rows);
        const weight = new Float32Array(rows.rows);
        const index = new Int32Array(rows.rows);
        rows.rowOf.forEach((row, e) => {
          index[row] = e;
          weight[row] = 1;
        });
        const sources = Math.max(1, batch.edges);
        const map = uploadRows({ sources, rows: rows.rows, terms: 1, index, weight });
        const spread = (x: Tensor) => combineRows(x as Tensor2D, map);
        return (a: Tensor, b: Tensor) => outerSum(spread(a), spread(b), segments);
      };
      const edges = Math.max(1, batch.edges);
      return apart(make, [numbers([edges, m], 1), numbers([edges, n], 2)]);
    }),
  },
  'products with radial functions': {
    kernels: ['RadialProduct', 'RadialProductGradient'],
    trials: fc.record({ rows: width(150), features: width(), terms: width(8) }).map((at) => () => {
      const op = (x: Tensor, r: Tensor, w: Tensor) =>
        radialProduct(x as Tensor2D, r as Tensor2D, w as Tensor2D);
      return apart(
        () => op,
        [
          numbers([at.rows, at.features], 1),
          numbers([at.rows, at.terms], 2),
          numbers([at.features, at.terms], 3),
        ],
      );
    }),
  },
  'sums of scaled terms': {
    kernels: ['SumScaled', 'SumScaledGradient'],
    trials: fc.record({ groups: width(4), rows: width(), out: width(6), terms: width(4) }).map((at) => () => {
      const scales = numbers([at.rows * at.terms], 2).values;
      return apart(
        () => (y) => sumScaled(y as Tensor3D, reshape(tensor1d(scales), [at.rows, at.terms])),
        [numbers([at.groups, at.rows, at.out * at.terms], 1)],
      );
    }),
  },
  'moments of columns': {
    kernels: ['ColumnMoments'],
    trials: fc.record({ rows: width(150), columns: width() }).map(({ rows, columns }) => () => {
      const x = numbers([rows, columns], 1).values;
      return apart(
        () => () => {
          const { mean, variance } = columnMoments(reshape(tensor1d(x), [rows, columns]));
          return concat([mean, variance], 0);
        },
        [],
      );
    }),
  },
  'batch normalisation': {
    kernels: ['NormaliseColumns', 'NormaliseColumnsGradient'],
    trials: fc
      .record({ rows: width(150), columns: width(), moving: fc.boolean() })
      .map(({ rows, columns, moving }) => () => {
        const centring = () => ({
          mean: tensor1d(numbers([columns], 7).values),
          inverse: tensor1d(numbers([columns], 8).values.map((v) => 1.5 + v)),
          moving,
        });
        return apart(
          () => (x, scale, shift) =>
            normaliseColumns(x as Tensor2D, scale as Tensor1D, shift as Tensor1D, centring()),
          [numbers([rows, columns], 1), numbers([columns], 2), numbers([columns], 3)],
        );
      }),
  },
  'statistics over neighbours': {
    kernels: ['NeighbourStatistics', 'NeighbourStatisticsGradient'],
    trials: fc
      .record({
        sizes,
        groups: width(3),
        features: width(9),
        deviation: fc.constantFrom('floored' as const, 'softened' as const),
        levels: fc.constantFrom(0, 2),
      })
      .map(({ sizes: of, groups, features, deviation, levels }) => () => {
        const batch = batchOf(molecules(of, chain), { kind: 'bonds' });
        const shape = [batch.atoms, groups * features];
        const make = () => {
          const graph = uploadBonds(batch, 4, groups);
          return (base: Tensor, x: Tensor, bonds: Tensor) =>
            neighbourStatistics(base as Tensor2D, x as Tensor2D, bonds as Tensor2D, graph, {
              deviation,
              floor: 1e-5,
            });
        };
        const bonds = numbers([4, groups * features], 3, levels);
        return apart(make, [numbers(shape, 1), numbers(shape, 2, levels), bonds]);
      }),
  },
  'the bilinear layer over triplets': {
    kernels: ['Bilinear', 'BilinearGradient'],
    trials: fc
      .record({ sizes, features: width(18), bilinear: width(9), hidden: width(18), degrees: width(7) })
      .map((at) => () => {
        const batch = batchOf(molecules(at.sizes), { kind: 'radius', cutoff: 2.5, triplets: true });
        const [edges, pairs] = [Math.max(1, batch.edges), pairCount(batch)];
        const make = () => {
          const graph = uploadTriplets(batch, at.degrees);
          return (x: Tensor, g: Tensor, w: Tensor) =>
            bilinear(x as Tensor2D, g as Tensor3D, w as Tensor2D, graph);
        };
        return apart(make, [
          numbers([edges, at.features], 1),
          numbers([at.degrees, pairs, at.bilinear], 2),
          numbers([at.hidden, at.bilinear * at.features], 3),
        ]);
      }),
  },
  sines: {
    kernels: ['Sin', 'Cos'],
    trials: fc
      .record({ count: width(90), from: fc.integer({ min: -1000, max: 1000 }) })
      .map(({ count, from }) => async () => {
        const x = Float32Array.from({ length: count }, (_, k) => from + 0.37 * k);
        const [s, c] = [sin(tensor1d(x)), cos(tensor1d(x))];
        const read = [await s.data(), await c.data()];
        return Math.max(difference(read[0], x.map(Math.sin)), difference(read[1], x.map(Math.cos)));
      }),
  },
  'long products with a transposed operand': {
    kernels: ['BatchMatMul'],
    trials: fc.record({ rows: width(9), columns: fc.constantFrom(12, 64) }).map(({ rows, columns }) => () => {
      const inner = 2048;
      const op = (transposed: boolean) => () => (a: Tensor, b: Tensor) =>
        transposed
          ? matMul(a as Tensor2D, transpose(b as Tensor2D), false, true)
          : matMul(a as Tensor2D, b as Tensor2D);
      return between(op(true), op(false), [numbers([rows, inner], 1), numbers([inner, columns], 2)]);
    }),
  },
  'cutting up and putting together': {
    kernels: ['SplitV', 'Concat'],
    trials: fc.array(width(), { minLength: 2, maxLength: 20 }).map((pieces) => () => {
      const total = pieces.reduce((sum, size) => sum + size, 0);
      // Multiplied first: what is still on the host is not cut on the device.
      const op = (x: Tensor) =>
        concat(
          split(mul(x, 2), pieces).map((piece, k) => add(mul(piece, k + 1), 1)),
          0,
        );
      return apart(() => op, [numbers([total, 3], 1)]);
    }),
  },
};

/** Every trial of a check, by a seed: the largest difference. */
export async function runCheck(name: string, runs: number, seed: number): Promise<number> {
  let largest = 0;
  for (const trial of fc.sample(kernelChecks[name].trials, { numRuns: runs, seed })) {
    const found = await trial();
    if (!(found <= largest)) largest = found;
    if (Number.isNaN(largest)) return largest;
  }
  return largest;
}
